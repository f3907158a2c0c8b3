"""CKP-1: a training killed at any moment leaves a whole checkpoint, and ends with the weights of an unbroken one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core import store

# One process imports torch and forks fifty trainings, so that the moments are those of training and of writing.
PROGRAM = """
import os, random, signal, sys, time
from pathlib import Path

import torch
from core.datasets import Dataset
from core.models.staged import PooledLinear, Staged
from core.seeding import generator, seeded
from core.training import Augmentation, Checkpoint, Recipe, Standard, fit
from core.training.metrics import MetricsLog, read_metrics
from safetensors.torch import load_file, save_file

torch.set_num_threads(1)
images, labels = torch.rand(8, 3, 8, 8, generator=generator(0)), torch.arange(8) % 2
data = Dataset("random", "train", images, labels, ("a", "b"), 0.03)
recipe = Recipe(epochs=600, batch_size=4, learning_rate=0.01, momentum=0.9)
folder, draws = Path(sys.argv[1]), random.Random(0)
torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1).step()  # what a first step imports takes seconds


def train(name):
    with seeded(0):
        model = Staged([("conv", torch.nn.Conv2d(3, 4, 3)), ("classifier", PooledLinear(4, 2, False))], "conv")
    checkpoint, log = Checkpoint(folder / name / "checkpoint.safetensors", "abc"), MetricsLog(folder / name / "m.csv")
    fit(model, Standard(), data, recipe, seed=0, augmentation=Augmentation(padding=1), checkpoint=checkpoint,
        resume=True, on_metrics=log.append)
    save_file({name: t.contiguous() for name, t in model.state_dict().items()}, folder / f"{name}.safetensors")


def forked(name, seconds=None):
    if not (child := os.fork()):
        train(name)
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


done, found = 0, Checkpoint(folder / "killed" / "checkpoint.safetensors", "abc")
for _ in range(50):
    forked("killed", draws.uniform(0, 0.4))
    before, done = done, found.steps_done()
    assert done >= before, (before, done)
    assert not found.path.is_file() or all(t.isfinite().all() for t in load_file(found.path).values())
    read_metrics(folder / "killed" / "m.csv")
assert forked("killed") == forked("whole") == 0
whole, killed = (load_file(folder / f"{name}.safetensors") for name in ("whole", "killed"))
assert all(torch.equal(t, killed[name]) for name, t in whole.items())
rows = [read_metrics(folder / name / "m.csv") for name in ("whole", "killed")]
assert rows[0] == rows[1]
print("50 of 50", done)
"""


@pytest.mark.slow
def test_fifty_kills_leave_the_old_checkpoint_or_the_new_and_the_same_weights(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    environment = {**os.environ, "PYTHONPATH": str(store.PROJECT)}
    done = subprocess.run(
        [sys.executable, str(program), str(tmp_path)], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert "50 of 50" in done.stdout
