from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.attacks import CW, NRFExact
from core.attacks.nrf_exact import BASES
from core.datasets import Dataset
from core.distillation import Bottleneck
from core.errors import InputError
from core.models import PooledLinear, Staged
from core.seeding import generator, seeded
from core.types import Images, Labels

SIDES: list[dict[str, Any]] = [
    {"side": side, "direction": direction} for side in ("nonrobust", "robust") for direction in ("up", "down")
]


@pytest.fixture
def double() -> tuple[Staged, Images, Labels, Tensor]:
    """A float64 network in front of the usual tail, images, the classes it sees, a mask of its channels."""
    with seeded(0, "double"):
        conv = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 6, 3))
        model = Staged([("conv", conv), ("classifier", PooledLinear(6, 4, max_pool=True))], "conv").double().eval()
    with torch.no_grad():
        model.stages["classifier"].linear.weight *= 20  # type: ignore[union-attr]
    x = torch.rand(5, 3, 8, 8, generator=generator(1), dtype=torch.float64)
    return model, x, model(x).argmax(dim=1), torch.rand(5, 6, generator=generator(2)) < 0.5


def norms(model: Staged, x: Images, loss: Any, chosen: Tensor, c: float) -> Tensor:
    """R of equation 8 by central differences at the cut, one entry at a time, (n,)."""
    z = model.features(x).detach()
    squares, h = torch.zeros(len(x), dtype=x.dtype), 1e-6
    for index in range(z[0].numel()):
        step = torch.zeros_like(z).flatten(1)
        step[:, index] = h
        slope = (loss(model.head(z + step.view_as(z))) - loss(model.head(z - step.view_as(z)))) / (2 * h)
        squares += (c * slope).square() * chosen[:, index // z[0, 0].numel()]
    return squares.sqrt().detach()


@pytest.mark.parametrize("base", ["ce", "softmargin", "margin"])
def test_value_is_that_of_equation_8(base: Any, double: tuple[Staged, Images, Labels, Tensor]) -> None:
    model, x, y, chosen = double
    for which in SIDES:
        attack = NRFExact(**which, loss=base, c=0.4, weight=1.5)
        _, pressure = attack._pressure(model, y, chosen, x.clone().requires_grad_(True))
        found = (0.4 * BASES[base](model(x), y) - pressure) / 1.5
        expected = attack.sign * norms(model, x, lambda logits: BASES[base](logits, y), chosen, c=0.4)
        assert expected.abs().max() > 1e-3
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=2e-6)


@pytest.mark.parametrize("base", ["ce", "softmargin"])
def test_gradient_of_the_norm_equals_differences(base: Any, double: tuple[Staged, Images, Labels, Tensor]) -> None:
    model, x, y, chosen = double

    def norm(x: Images) -> Tensor:
        """R alone: half the difference of the attacks that maximize and that minimize it."""
        x = x if x.requires_grad else x.clone().requires_grad_(True)
        attacks = [NRFExact(loss=base, direction=direction) for direction in ("down", "up")]  # type: ignore[arg-type]
        down, up = (attack._pressure(model, y, chosen, x)[1] for attack in attacks)
        return (down - up).sum() / 2

    direction = torch.randn(x.shape, generator=generator(4), dtype=x.dtype)
    at = x.clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(norm(at), at)
    slope = (gradient * direction).sum().item()
    h = 1e-6
    expected = ((norm(x + h * direction) - norm(x - h * direction)) / (2 * h)).item()
    assert abs(expected) > 1e-5
    assert slope == pytest.approx(expected, rel=1e-2)


def test_with_the_margin_it_is_cw(digits: tuple[Staged, Dataset]) -> None:
    model, data = digits
    x, y = data.images[:20], data.labels[:20]
    expected = CW(c=1.0, steps=20)(model, x, y, generator=generator(0))
    assert not torch.equal(expected, x)
    for which in SIDES:
        attack = NRFExact(**which, loss="margin", mask="all", c=1.0, steps=20, weight=5.0)
        assert torch.equal(attack(model, x, y, generator=generator(0)), expected)


@pytest.mark.parametrize("base", ["ce", "softmargin"])
def test_with_a_softmax_the_norm_matters(base: Any, digits: tuple[Staged, Dataset]) -> None:
    model, data = digits
    x, y, quick = data.images[:20], data.labels[:20], Bottleneck(steps=20)
    results = [
        NRFExact(loss=base, bottleneck=quick, c=1.0, steps=20, weight=weight, direction=direction)(  # type: ignore[arg-type]
            model, x, y, generator=generator(0)
        )
        for direction, weight in [("up", 0.0), ("up", 1.0), ("down", 1.0)]
    ]
    assert not any(torch.equal(result, x) for result in results)
    assert not torch.equal(results[0], results[1])
    assert not torch.equal(results[1], results[2])


@pytest.mark.parametrize("given", [{"loss": "dlr"}, {"weight": -1.0}, {"mask": "clever"}, {"c": -1.0}])
def test_values_outside_their_range_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        NRFExact(**given)
