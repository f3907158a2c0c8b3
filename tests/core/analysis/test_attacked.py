"""An attack with this seed is one attack, whoever asks for it, in however many pieces, processes or attempts."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from core.analysis import attacked as module
from core.analysis.attacked import attacked, outcome_of
from core.analysis.kept import Kept
from core.attacks import CW, NRF, PGD, Attack, Outcome, ThreatModel, attack_draws, label_of, run_attack
from core.datasets import Dataset
from core.device import Place
from core.distillation import Bottleneck
from core.models import ModelCard, Staged
from core.seeding import generator
from core.store import PROJECT

PGD_2 = PGD(threat=ThreatModel(epsilon=0.1), steps=2)
TOGETHER = NRF(bottleneck=Bottleneck(steps=3), steps=3, norm_over="batch")
N = 11


@dataclass(frozen=True)
class Asked:
    """As much of a subject as is needed."""

    card: ModelCard
    model: Staged
    data: Dataset
    place: Place = Place()
    kept: Kept | None = None


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 4)


@pytest.fixture
def subject(bench: Any) -> Asked:
    """Eleven pictures of noise, and the toy network, which sees two of them otherwise than they are labeled."""
    images = torch.rand(N, 3, 32, 32, generator=generator(5))
    with torch.no_grad():
        labels = bench.model(images).argmax(dim=1)
    labels[[1, 6]] = (labels[[1, 6]] + 1) % 3
    data = replace(bench.data, images=images, labels=labels)
    return Asked(bench.card, bench.model, data)


def pixels(subject: Asked, attack: Attack = PGD_2, n: int = N, seed: int = 0) -> torch.Tensor:
    return torch.cat([batch.x_adv for batch in attacked(subject, attack, n=n, seed=seed)])


def numbers(outcome: Outcome) -> list[list[float]]:
    """All but the clock."""
    columns = [outcome.clean, outcome.correct, outcome.predicted, outcome.l2, outcome.linf, outcome.costs[:, 1:]]
    return [column.flatten().tolist() for column in columns]


def files(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*.safetensors")}


def test_a_batch_is_neighbors_with_their_images_and_what_the_network_says(subject: Asked) -> None:
    found = list(attacked(subject, PGD_2, n=N, seed=0))
    assert [batch.rows.tolist() for batch in found] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10]]
    for batch in found:
        assert torch.equal(batch.x, subject.data.images[batch.rows])
        assert torch.equal(batch.y, subject.data.labels[batch.rows])
        assert torch.equal(batch.done.predicted, subject.model(batch.x_adv).argmax(dim=1))
        torch.testing.assert_close(batch.done.linf, (batch.x_adv - batch.x).flatten(1).abs().amax(dim=1))


def test_an_image_draws_its_own_start_and_it_is_one_everywhere(subject: Asked) -> None:
    """B9: all images of a survey shared one start, those of an evaluation had one each."""
    start_only = replace(PGD_2, step_size=1e-9, steps=1)  # so that no gradient's last bit moves a pixel
    together = pixels(subject, start_only)
    moves = together - subject.data.images
    assert len({tuple(move.tolist()) for move in moves[:, 0, 0, :8]}) == N
    for row in (0, 5, 10):  # as a page asks for one image
        x, y = subject.data.images[row : row + 1], subject.data.labels[row : row + 1]
        alone = start_only(subject.model, x, y, generator=attack_draws(start_only, 0, [row]))
        torch.testing.assert_close(together[row : row + 1], alone, rtol=0, atol=1e-6)
    right = torch.tensor([row for row in range(N) if row not in (1, 6)])
    sizes = moves.flatten(1).norm(dim=1)[right]
    assert sizes.max() - sizes.min() > 1e-3
    torch.testing.assert_close(outcome_of(subject, start_only, n=N, seed=0).l2[right], sizes, rtol=1e-5, atol=0)
    in_memory = run_attack(subject.model, start_only, subject.data.images, subject.data.labels)
    torch.testing.assert_close(in_memory.l2[right], sizes, rtol=1e-5, atol=0)


def test_an_outcome_attacks_what_is_classified_right(subject: Asked) -> None:
    outcome = outcome_of(subject, PGD_2, n=N, seed=0)
    assert outcome.clean.tolist() == [row not in (1, 6) for row in range(N)]
    assert not outcome.correct[[1, 6]].any()
    assert outcome.l2[[1, 6]].tolist() == [0, 0]
    assert outcome.passes == (18, 18, 0, 0)
    assert len(outcome_of(subject, PGD_2, n=1, seed=0).clean) == 1


@pytest.mark.parametrize("attack", [PGD_2, CW(steps=3, c=10), TOGETHER], ids=label_of)
def test_what_stops_goes_on_and_more_images_take_up_what_fewer_did(
    subject: Asked, attack: Attack, tmp_path: Path
) -> None:
    keeping = replace(subject, kept=Kept(tmp_path))
    stopped = attacked(keeping, attack, n=N, seed=0)
    next(stopped), next(stopped)
    half = files(tmp_path)
    assert len(half) == 2
    seen: list[tuple[int, int]] = []
    resumed = [b.x_adv for b in attacked(keeping, attack, n=N, seed=0, on_step=lambda *step: seen.append(step))]
    assert seen == [(4, N), (8, N), (N, N)]
    assert torch.equal(torch.cat(resumed), pixels(subject, attack))
    whole = files(tmp_path)
    assert {path: whole[path] for path in half} == half
    fewer = pixels(keeping, attack, n=8)
    assert torch.equal(fewer, torch.cat(resumed)[:8])
    assert files(tmp_path) == whole
    outcome_of(keeping, attack, n=8, seed=0)
    whole = files(tmp_path)
    assert numbers(outcome_of(keeping, attack, n=N, seed=0)) == numbers(outcome_of(subject, attack, n=N, seed=0))
    assert len(files(tmp_path)) == len(whole) + 1


def test_another_batch_is_another_piece(subject: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B1: what batches of one size had left was found under another, though the attack looks at its batch."""
    keeping = replace(subject, kept=Kept(tmp_path))
    ask = [lambda subject: pixels(subject, TOGETHER), lambda subject: outcome_of(subject, TOGETHER, n=N, seed=0).l2]
    for result in ask:
        result(keeping)
    monkeypatch.setattr(module, "BATCH", 6)
    for result in ask:
        assert torch.equal(result(keeping), result(subject))


def test_everything_that_matters_is_in_the_name(subject: Asked, tmp_path: Path) -> None:
    keeping, labels = replace(subject, kept=Kept(tmp_path)), subject.data.labels.roll(1)
    others = [
        keeping,
        replace(keeping, card=replace(subject.card, sha256="1" * 64)),
        replace(keeping, data=replace(subject.data, images=subject.data.images.flip(0))),
        replace(keeping, data=replace(subject.data, labels=labels)),
    ]
    for number, other in enumerate(others, start=1):
        pixels(other, n=4)
        assert len(files(tmp_path)) == number
    for number, other in enumerate([replace(PGD_2, steps=1), replace(PGD_2, step_size=0.01)], start=len(others) + 1):
        pixels(keeping, other, n=4)
        assert len(files(tmp_path)) == number
    pixels(keeping, n=4, seed=1)
    assert len(files(tmp_path)) == 7


def test_a_damaged_piece_counts_as_not_there(subject: Asked, tmp_path: Path) -> None:
    keeping = replace(subject, kept=Kept(tmp_path))
    expected = pixels(keeping)
    cut, bent, *_ = files(tmp_path)
    cut.write_bytes(cut.read_bytes()[:-7])
    data = bytearray(bent.read_bytes())
    data[-3] ^= 1  # which the format does not notice
    bent.write_bytes(data)
    assert torch.equal(pixels(keeping), expected)
    assert torch.equal(pixels(replace(subject, kept=Kept(tmp_path))), expected)
    load_file(cut)


def test_nothing_is_kept_unless_a_folder_is_given(
    subject: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pixels(subject)
    assert not list(tmp_path.iterdir())


def test_a_fresh_run_takes_up_nothing_but_its_own(subject: Asked, tmp_path: Path) -> None:
    pixels(replace(subject, kept=Kept(tmp_path)))
    before = files(tmp_path)
    fresh = replace(subject, kept=Kept(tmp_path, fresh=True))
    pixels(fresh)
    after = files(tmp_path)
    assert all(after[path] > then for path, then in before.items())
    pixels(fresh)
    assert files(tmp_path) == after


PROGRAM = """
    import json, sys, types
    from pathlib import Path
    import torch
    from torch import distributed
    from core.analysis import attacked as module
    from core.analysis.kept import Kept
    from core.attacks import PGD, ThreatModel
    from core.datasets import Dataset
    from core.models import ModelCard, random_twin
    from core.seeding import generator
    from core.device import Place, joined

    torch.set_num_threads(1)
    module.BATCH, folder = 2, Path(sys.argv[1])
    card = ModelCard(
        name="toy", network="vgg16", width=0.0625, num_classes=3, image_size=32, cut="conv5_3", data="toy",
        class_names=("a", "b", "c"), epsilon=0.1, defense="adv", sha256="0" * 64,
    )
    model, images = random_twin(card), torch.rand(9, 3, 32, 32, generator=generator(0))
    data = Dataset("toy", "test", images, model(images).argmax(dim=1), card.class_names, 0.1)
    made, attack_batch = [], module.attack_batch
    module.attack_batch = lambda *given: made.append(given) or attack_batch(*given)

    def run(place, kept):
        made.clear()
        subject = types.SimpleNamespace(card=card, model=model, data=data, place=place, kept=kept)
        attack = PGD(threat=ThreatModel(epsilon=0.1), steps=1)
        x_adv = torch.cat([batch.x_adv for batch in module.attacked(subject, attack, n=9, seed=0)])
        outcome = module.outcome_of(subject, attack, n=9, seed=0)
        return [x_adv.double().sum().item(), outcome.l2.double().sum().item(), len(made)]

    with joined("cpu") as place:
        said = [run(Place(), None), run(place, Kept(folder / "kept"))]
        if place.leads:
            next((folder / "kept").rglob("*.safetensors")).unlink()  # as a run that is stopped leaves it
        distributed.barrier()
        said += [run(place, Kept(folder / "kept")), run(place, Kept(folder / "kept", fresh=True))]
    (folder / f"said-{place.rank}.json").write_text(json.dumps(said))
"""


@pytest.mark.parametrize("processes", [2, 3])
def test_processes_share_the_batches_and_all_get_everything(tmp_path: Path, processes: int) -> None:
    """B4: a fresh run took up what an interrupted one of as many processes had left."""
    program = tmp_path / "program.py"
    program.write_text(dedent(PROGRAM))
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"}
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    done = subprocess.run([*torchrun, str(program), str(tmp_path)], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    said = [json.loads((tmp_path / f"said-{rank}.json").read_text()) for rank in range(processes)]
    alone = said[0][0][:2]
    assert all(run[:2] == pytest.approx(alone, rel=1e-3) for runs in said for run in runs)
    made = [[run[2] for run in runs] for runs in zip(*said, strict=True)]  # alone, shared, resumed, fresh
    assert made[0] == [10] * processes
    assert sum(made[1]) == sum(made[3]) == 10
    assert max(made[1]) == max(made[3]) == 2 * -(-5 // processes)
    assert made[2] == [1, *[0] * (processes - 1)]
