"""No other installable library has FAB. Of a linear network the smallest perturbation is known."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from core.attacks import FAB, ThreatModel, robust_accuracy
from core.attacks.threat import per_image
from core.datasets import Dataset
from core.errors import InputError
from core.models import Staged
from core.seeding import generator
from core.types import Images, Labels


def linear(classes: int) -> nn.Module:
    """Without a bias: from gray images no pixel reaches the end of the range."""
    layer = nn.Linear(3 * 8 * 8, classes, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.randn(classes, 3 * 8 * 8, generator=generator(1)))
    return nn.Sequential(nn.Flatten(), layer).eval()


def gray(model: nn.Module) -> tuple[Images, Labels]:
    x = 0.5 + 0.02 * torch.randn(10, 3, 8, 8, generator=generator(2))
    return x, model(x).argmax(dim=1)


def smallest(model: nn.Module, x: Images, y: Labels, norm: str) -> torch.Tensor:
    """min over j of (o_y - o_j) / |w_y - w_j| in the dual norm, (n,)."""
    weight, logits, dual = model[1].weight, model(x), 1 if norm == "linf" else 2
    gap = logits.gather(1, y[:, None]) - logits
    distance = gap / (weight[y][:, None] - weight).norm(p=dual, dim=2).clamp_min(1e-12)
    return distance.scatter(1, y[:, None], torch.inf).amin(dim=1).detach()


@pytest.mark.parametrize("classes", [2, 10, 15])
@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_finds_the_smallest_perturbation_of_a_linear_network(norm: Any, classes: int) -> None:
    model = linear(classes)
    x, y = gray(model)
    attack = FAB(threat=ThreatModel(norm=norm, epsilon=0.5), steps=30)
    found = attack.threat.size(attack(model, x, y, generator=generator(0)) - x)  # type: ignore[arg-type]
    expected = smallest(model, x, y, norm)
    assert (found >= expected * (1 - 1e-4)).all()
    torch.testing.assert_close(found, expected, rtol=0.06, atol=0)  # the overshoot


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_counts_what_lies_inside_alone(norm: Any) -> None:
    model = linear(5)
    x, y = gray(model)
    expected = smallest(model, x, y, norm)
    epsilon = expected.median().item() * 1.06
    x_adv = FAB(threat=ThreatModel(norm=norm, epsilon=epsilon), steps=20)(model, x, y, generator=generator(0))  # type: ignore[arg-type]
    turned = model(x_adv).argmax(dim=1) != y
    assert turned[expected * 1.06 < epsilon].all()
    assert not turned[expected > epsilon].any()
    assert torch.equal(x_adv[~turned], x[~turned])


def test_aims_where_there_are_many_classes() -> None:
    assert len(FAB().runs(10)) == 1
    assert len(FAB().runs(11)) == 9
    assert len(FAB(targets=9).runs(10)) == 9
    assert len(FAB(targets=9).runs(4)) == 3


def test_all_classes_at_once_or_one_after_another_turn_the_same(digits: tuple[Staged, Dataset]) -> None:
    model, data = digits
    x, y = data.images[:40], data.labels[:40]
    attack = FAB(threat=ThreatModel(epsilon=0.06), steps=10)
    at_once, in_turn = (robust_accuracy(model, a, x, y).value for a in (attack, replace(attack, targets=9)))
    assert 0.05 < at_once < 0.95
    assert at_once == pytest.approx(in_turn, abs=0.05)


def test_draws_nothing(digits: tuple[Staged, Dataset]) -> None:
    model, data = digits
    first, second = (
        FAB(threat=ThreatModel(epsilon=0.06), steps=3)(model, data.images[:9], data.labels[:9], generator=generator(i))
        for i in (0, 1)
    )
    assert torch.equal(first, second)


def test_parameters_collect_no_gradient(digits: tuple[Staged, Dataset]) -> None:
    model = linear(4)
    x, y = gray(model)
    FAB(steps=2)(model, x, y, generator=generator(0))  # type: ignore[arg-type]
    assert all(p.requires_grad and p.grad is None for p in model.parameters())


@pytest.mark.parametrize("fields", [{"alpha_max": 1.1}, {"beta": -0.1}, {"eta": 0.9}, {"targets": 0}, {"steps": 0}])
def test_impossible_values_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        FAB(**fields)


def test_sizes_are_per_image() -> None:
    sizes = torch.tensor([0.1, 0.2])
    delta = per_image(sizes, torch.ones(2, 3, 8, 8)) * torch.ones(2, 3, 8, 8)
    torch.testing.assert_close(ThreatModel(norm="linf").size(delta), sizes)
    torch.testing.assert_close(ThreatModel(norm="l2").size(delta), sizes * 192**0.5)
