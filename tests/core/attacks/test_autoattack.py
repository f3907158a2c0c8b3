from typing import Any

import pytest
import torch
from torch import nn

from core.attacks import FAB, AutoAttack, Square, ThreatModel, robust_accuracy
from core.attacks.apgd import APGDCE, APGDT
from core.datasets import Dataset
from core.errors import InputError
from core.models import Staged
from core.seeding import generator

IMAGES = 60
THREATS = [ThreatModel(norm="linf", epsilon=0.05), ThreatModel(norm="l2", epsilon=1.2)]


def short(threat: ThreatModel) -> AutoAttack:
    return AutoAttack(threat=threat, iterations=5, targets=3, queries=50)


def test_is_the_standard() -> None:
    assert AutoAttack().parts == (APGDCE(steps=100), APGDT(steps=100, targets=9), FAB(targets=9), Square(queries=5000))
    assert AutoAttack().schedule.steps == 100 + 900 + 900 + 5000


@pytest.mark.parametrize(("classes", "targets"), [(4, 3), (10, 9), (100, 9)])
def test_runs_all_four_parts_whatever_the_classes(classes: int, targets: int) -> None:
    assert len(AutoAttack().runs(classes)) == 1 + targets + targets + 1


def test_fewer_than_four_classes_are_refused() -> None:
    model, x = nn.Sequential(nn.Flatten(), nn.Linear(192, 3)), torch.rand(2, 3, 8, 8, generator=generator(0))
    with pytest.raises(InputError, match="the network has 3 classes; choose apgd-ce, fab or square"):
        AutoAttack()(model, x, torch.tensor([0, 1]), generator=generator(0))  # type: ignore[arg-type]


@pytest.mark.parametrize("threat", THREATS, ids=lambda threat: threat.norm)
def test_leaves_nothing_that_a_part_turns(threat: ThreatModel, digits: tuple[Staged, Dataset]) -> None:
    model, data = digits
    x, y = data.images[:IMAGES], data.labels[:IMAGES]
    whole = short(threat)
    together = robust_accuracy(model, whole, x, y).value
    alone = [robust_accuracy(model, part, x, y).value for part in whole.parts]
    assert together <= min(alone) + 0.01
    assert 0.05 < together < max(alone)


@pytest.mark.parametrize("threat", THREATS, ids=lambda threat: threat.norm)
def test_equals_the_library_s_own_ensemble(threat: ThreatModel, digits: tuple[Staged, Dataset]) -> None:
    from pyautoattack import AutoAttack as Theirs

    model, data = digits
    x, y, ours = data.images[:IMAGES], data.labels[:IMAGES], short(threat)
    theirs: Any = Theirs(model, norm="Linf" if threat.norm == "linf" else "L2", eps=threat.epsilon, seed=0)
    for part in (theirs.apgd, theirs.apgd_targeted):
        part.__init__(model, n_iter=5, norm=part.norm, eps=part.eps, device="cpu", logger=theirs.logger)
    theirs.apgd_targeted.n_target_classes = theirs.fab.n_target_classes = 3
    theirs.fab.n_iter, theirs.square.n_queries = 5, 50
    with torch.random.fork_rng(devices=[]):
        x_adv, _ = theirs.run_standard_evaluation(x, y)
    with torch.no_grad():
        expected = (model(x_adv).argmax(dim=1) == y).float().mean().item()
    assert robust_accuracy(model, ours, x, y).value == pytest.approx(expected, abs=0.02)  # one image of 60


@pytest.mark.parametrize("field", ["iterations", "targets", "queries"])
def test_impossible_values_are_refused(field: str) -> None:
    with pytest.raises(InputError, match=f"{field} must be at least 1, got 0"):
        AutoAttack(**{field: 0})  # type: ignore[arg-type]
