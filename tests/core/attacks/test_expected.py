import pytest
import torch

from core.attacks import ATTACKS, PGD, AutoAttack, Square, ThreatModel, build_attack
from core.attacks.counting import Counted, Passes, Told
from core.attacks.expected import expected_passes
from core.attacks.registry import Attack
from core.models import Staged
from core.seeding import generator
from core.types import Images, Labels

Batch = tuple[Images, Labels]
FEW = {"steps": 4, "queries": 6, "iterations": 3}
AROUND = 12  # passes beside the steps: to begin, to check, to read the end


@pytest.mark.parametrize("name", list(ATTACKS))
def test_no_attack_takes_many_more_passes_than_expected(name: str, network: Staged, batch: Batch) -> None:
    attack: Attack = build_attack(name, ThreatModel(epsilon=1e-4), **FEW)  # so small that the image withstands
    x, counted = batch[0][:1], Counted(network)
    label = network(x).argmax(dim=1)
    attack(counted, x, label, generator=[generator(0)])
    expected = expected_passes(attack, network(x).shape[1])
    runs = max(1, expected.forwards // 3)
    assert counted.passes.forwards <= expected.forwards + AROUND + 3 * runs
    assert counted.passes.gradients <= expected.gradients + AROUND + 3 * runs
    assert counted.passes.forwards >= min(3, expected.forwards) / 2


def test_pgd_and_square_are_expected_to_the_pass() -> None:
    assert expected_passes(PGD(steps=7), 10) == Passes(forwards=7, gradients=7)
    assert expected_passes(Square(queries=50, restarts=2), 10) == Passes(forwards=100)
    whole = expected_passes(AutoAttack(), 10)
    assert whole.forwards == 100 + 900 + 900 + 5000
    assert whole.gradients == 1900


def test_an_attack_tells_how_far_it_is(network: Staged, batch: Batch) -> None:
    seen: list[tuple[int, int]] = []
    told = Told(network, 3, lambda *step: seen.append(step))
    x, y = batch[0][:1], batch[1][:1]
    x_adv = PGD(steps=4)(told, x, y, generator=[generator(0)])
    assert seen == [(1, 3), (2, 3), (3, 3), (3, 3)]
    assert torch.equal(x_adv, PGD(steps=4)(network, x, y, generator=[generator(0)]))
