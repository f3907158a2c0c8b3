import json
import subprocess
import sys
from functools import partial
from textwrap import dedent
from typing import Any

import pytest
import torch
from torch import nn

from core.attacks import (
    BIM,
    FGSM,
    NRF,
    PGD,
    Attack,
    ThreatModel,
    classified,
    label_of,
    record,
    robust_accuracy,
    run_attack,
    worst_case,
)
from core.datasets import Dataset
from core.distillation import Bottleneck
from core.errors import InputError
from core.models import Staged
from core.seeding import generator
from core.store import PROJECT
from core.types import Images, Labels

Batch = tuple[Images, Labels]


def test_misclassified_images_are_fooled_and_not_attacked(network: Staged, batch: Batch) -> None:
    x, y = batch
    y = y.clone()
    y[[2, 5]] = (y[[2, 5]] + 1) % 4
    outcome = run_attack(network, PGD(threat=ThreatModel(epsilon=0.0)), x, y)
    assert outcome.clean.tolist() == [i not in (2, 5) for i in range(12)]
    assert torch.equal(outcome.correct, outcome.clean)
    assert outcome.accuracy.value == 10 / 12
    assert outcome.passes == (100, 100, 0, 0)
    assert outcome.predicted[2] == outcome.predicted[5] != y[2]
    assert not outcome.turned.any()


def test_epsilon_zero_leaves_clean_accuracy(network: Staged, batch: Batch) -> None:
    x, y = batch
    clean = classified(network, x, y.roll(1))
    for attack in (FGSM(), BIM(), PGD()):
        untouched = type(attack)(threat=ThreatModel(epsilon=0.0))
        assert torch.equal(run_attack(network, untouched, x, y.roll(1)).correct, clean)


def test_sizes_are_those_of_the_perturbations(network: Staged, batch: Batch) -> None:
    outcome = run_attack(network, FGSM(threat=ThreatModel(epsilon=0.05)), *batch)
    torch.testing.assert_close(outcome.linf, torch.full((12,), 0.05), rtol=1e-4, atol=0)
    assert (outcome.l2 <= 0.05 * (3 * 8 * 8) ** 0.5 + 1e-6).all()
    assert (outcome.l2 > 0.05).all()


class Whole(nn.Module):
    """Logits linear in the pixels, with whole numbers for weights: the margin's gradient is exact on any processor."""

    def __init__(self, x: Images) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randint(-3, 4, (10, x[0].numel()), generator=generator(7)).to(x))
        self.eval()

    def forward(self, x: Images) -> torch.Tensor:
        return x.flatten(1) @ self.weight.T


@pytest.fixture
def exact() -> tuple[Any, Images, Labels]:
    """It, sixty pictures of noise, and what it sees in them."""
    x = torch.rand(60, 3, 8, 8, generator=generator(1))
    model = Whole(x)
    return model, x, model(x).argmax(dim=1)


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_the_batch_size_changes_nothing(exact: tuple[Any, Images, Labels], norm: Any) -> None:
    model, x, y = exact
    attack = PGD(threat=ThreatModel(norm=norm, epsilon=0.03 if norm == "linf" else 0.3), loss="margin")
    sizes = [run_attack(model, attack, x, y, batch_size=size) for size in (1, 7, 60)]
    assert 0.1 < sizes[0].accuracy.value < 0.9
    for other in sizes[1:]:
        assert torch.equal(other.correct, sizes[0].correct)
        torch.testing.assert_close(other.l2, sizes[0].l2, rtol=1e-3, atol=1e-3)


def test_which_other_images_are_misclassified_changes_nothing(exact: tuple[Any, Images, Labels]) -> None:
    model, x, y = exact
    attack = PGD(threat=ThreatModel(epsilon=0.1), steps=2, loss="margin")
    before = run_attack(model, attack, x, y)
    y = y.clone()
    y[0] = (y[0] + 1) % 10
    after = run_attack(model, attack, x, y)
    torch.testing.assert_close(after.l2[1:], before.l2[1:], rtol=1e-3, atol=1e-3)


def test_seeds_repeat_and_differ(digits: tuple[Staged, Dataset]) -> None:
    model, data = digits
    attack = PGD(threat=ThreatModel(epsilon=0.1), steps=1)
    first, again, other = (run_attack(model, attack, data.images[:20], data.labels[:20], seed=s) for s in (0, 0, 1))
    assert torch.equal(first.l2, again.l2)
    assert not torch.equal(first.l2, other.l2)


def test_accuracy_never_rises_with_epsilon(digits: tuple[Staged, Dataset]) -> None:
    model, data = digits
    x, y = data.images[:200], data.labels[:200]
    for kind in (FGSM, BIM, PGD):
        epsilons = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2)
        values = [robust_accuracy(model, kind(threat=ThreatModel(epsilon=e)), x, y).value for e in epsilons]
        assert all(later <= earlier + 0.005 for earlier, later in zip(values, values[1:], strict=False)), values
        assert values[0] > 0.9
    assert robust_accuracy(model, PGD(threat=ThreatModel(epsilon=0.5)), x, y).value <= 0.1


def test_worst_case_is_taken_image_by_image(digits: tuple[Staged, Dataset]) -> None:
    model, data = digits
    x, y = data.images[:100], data.labels[:100]
    threat = ThreatModel(epsilon=0.08)
    outcomes = [run_attack(model, attack, x, y) for attack in (FGSM(threat=threat), PGD(threat=threat, steps=3))]
    worst = worst_case(outcomes)
    assert worst.value == sum(a and b for a, b in zip(*(o.correct.tolist() for o in outcomes), strict=True)) / 100
    assert worst.attack == {"name": "worst case", "over": ["fgsm", "pgd steps=3"]}


def test_training_mode_is_refused(network: Staged, batch: Batch) -> None:
    with pytest.raises(InputError, match=r"call \.eval\(\)"):
        run_attack(network.train(), FGSM(), *batch)


def test_progress_counts_attacked_images(network: Staged, batch: Batch) -> None:
    seen: list[tuple[int, int]] = []
    run_attack(network, FGSM(), *batch, batch_size=5, on_step=lambda done, total: seen.append((done, total)))
    assert seen == [(5, 12), (10, 12), (12, 12)]


def test_nothing_to_attack(network: Staged, batch: Batch) -> None:
    x, y = batch
    outcome = run_attack(network, PGD(), x, (y + 1) % 4)
    assert outcome.accuracy.value == 0
    assert outcome.passes == (0, 0, 0, 0)
    assert outcome.seconds == 0
    assert len(run_attack(network, PGD(), x[:0], y[:0]).correct) == 0


def test_three_processes_attack_alike() -> None:
    program = """
        import hashlib, torch
        from core.attacks import PGD
        from core.models import build_model
        from core.seeding import generator, seeded
        with seeded(0, "model"):
            model = build_model("vgg16", num_classes=4, image_size=32, width=0.05).eval()
        x = torch.rand(3, 3, 32, 32, generator=generator(0))
        x_adv = PGD(steps=3)(model, x, torch.tensor([0, 1, 2]), generator=generator(0, "attack"))
        print(hashlib.sha256(x_adv.numpy().tobytes()).hexdigest())
    """
    start = partial(subprocess.Popen, [sys.executable, "-c", dedent(program)], cwd=PROJECT, stdout=subprocess.PIPE)
    digests = {process.communicate()[0].strip() for process in [start() for _ in range(3)]}
    assert len(digests) == 1
    assert len(digests.pop()) == 64


def test_record_says_what_was_really_taken() -> None:
    said = record(PGD())
    assert (said["name"], said["steps"], said["step_size"]) == ("pgd", 10, pytest.approx(0.0069))
    assert said["threat"]["epsilon"] == 0.03
    json.dumps(said)


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        (PGD(), "pgd"),
        (PGD(threat=ThreatModel(epsilon=0.2)), "pgd"),
        (PGD(steps=100, loss="margin"), "pgd steps=100 loss=margin"),
        (PGD(step_size=1 / 255, random_start=False), "pgd step_size=0.00392157 random_start=False"),
        (NRF(bottleneck=Bottleneck(beta=0.1), mask="random"), "nrf mask=random bottleneck.beta=0.1"),
    ],
)
def test_a_label_tells_an_attack_from_its_defaults(attack: Attack, said: str) -> None:
    assert set(label_of(attack).split()) == set(said.split())
    assert label_of(attack).startswith(said.split()[0])
