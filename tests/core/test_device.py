import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from core import store
from core.device import Place, joined, resolve_device, resolve_precision
from core.errors import InputError
from core.models import Staged, build_model

CPU = torch.device("cpu")

# Two images of each class in every batch of four, and no batch norm, whose statistics each process keeps for itself.
PROGRAM = """
import sys
import torch
from safetensors.torch import save_file
from core.attacks import PGD, ThreatModel
from core.datasets import Dataset
from core.models.staged import PooledLinear, Staged
from core.seeding import generator, seeded
from core.device import joined
from core.training import Adversarial, Recipe, fit

torch.set_num_threads(1)
images, labels = torch.rand(16, 3, 8, 8, generator=generator(0)), torch.arange(16) % 2
data = Dataset("random", "train", images, labels, ("a", "b"), 0.03)
with seeded(0):
    model = Staged([("conv", torch.nn.Conv2d(3, 4, 3)), ("classifier", PooledLinear(4, 2, False))], "conv")
recipe = Recipe(epochs=2, batch_size=4, learning_rate=0.5, momentum=0.9)
objective = Adversarial(attack=PGD(threat=ThreatModel(epsilon=0.1), steps=2, random_start=False))
with joined("cpu") as place:
    fit(model, objective, data, recipe, seed=0, place=place)
    weights = {name: t.contiguous() for name, t in model.state_dict().items()}
    save_file(weights, sys.argv[1] + f"/{place.world}-{place.rank}.safetensors")
"""


def test_alone_it_is_the_first_of_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with joined("cpu") as place:
        assert place == Place(device=CPU, precision="fp32", rank=0, world=1)
        assert place.leads


def test_two_processes_under_torchrun_end_with_the_weights_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    monkeypatch.setattr(sys, "argv", [str(program), str(tmp_path)])
    runpy.run_path(str(program))
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", *sys.argv]
    environment = {**os.environ, "PYTHONPATH": str(store.PROJECT)}
    done = subprocess.run(torchrun, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    alone, first, second = (load_file(tmp_path / f"{which}.safetensors") for which in ("1-0", "2-0", "2-1"))
    for name, tensor in alone.items():
        assert torch.equal(first[name], second[name])
        torch.testing.assert_close(first[name], tensor)


def test_a_compiled_network_is_the_same_object_with_a_compiled_call(monkeypatch: pytest.MonkeyPatch) -> None:
    model: Staged = build_model("vgg16", num_classes=4, image_size=32, width=0.0625)
    monkeypatch.setattr(torch, "compile", lambda call, **options: lambda x: call(x) + 1)
    names = list(model.state_dict())
    compiled = Place(compiled=True).wrap(model.eval())
    x = torch.rand(2, 3, 32, 32)
    torch.testing.assert_close(compiled(x), model.forward(x) + 1)
    assert compiled is model
    assert list(model.state_dict()) == names


def test_auto_precision_is_bf16_on_cuda_only() -> None:
    assert resolve_precision("auto", CPU) == "fp32"
    assert resolve_precision("auto", torch.device("cuda")) == "bf16"
    assert resolve_precision("bf16", CPU) == "bf16"


def test_auto_takes_the_cpu_where_there_is_no_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert resolve_device("auto") == CPU
    with pytest.raises(InputError, match="no CUDA device; use --device cpu"):
        resolve_device("cuda")


def test_unknown_names_are_refused() -> None:
    with pytest.raises(InputError, match="Unknown device 'tpu'; known are auto, cpu, cuda"):
        resolve_device("tpu")
    with pytest.raises(InputError, match="Unknown precision 'fp8'; known are auto, fp32, bf16"):
        resolve_precision("fp8", CPU)


@pytest.mark.parametrize("name", ["auto", "cpu"])
def test_float32_is_float32_on_cuda_too(name: str) -> None:
    """torch's own default lets convolutions drop 13 of 23 bits; attacks and splits are asked for in float32."""
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = True
    resolve_device(name)
    assert not torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_a_convolution_on_cuda_has_float32s_error() -> None:
    device = resolve_device("cuda")
    x, weight = torch.rand(4, 64, 32, 32), torch.rand(64, 64, 3, 3)
    exact = torch.nn.functional.conv2d(x.double(), weight.double())
    found = torch.nn.functional.conv2d(x.to(device), weight.to(device)).cpu().double()
    assert ((found - exact).abs() / exact).max() < 1e-5  # with TF32 it is some 1e-4
