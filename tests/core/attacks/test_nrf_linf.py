from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.attacks import PGD, NRFLinf, ThreatModel
from core.attacks.losses import cross_entropy, input_gradient
from core.datasets import Dataset
from core.distillation import Bottleneck
from core.errors import InputError
from core.models import PooledLinear, Staged
from core.seeding import generator

SIDES: list[dict[str, Any]] = [
    {"side": side, "direction": direction} for side in ("nonrobust", "robust") for direction in ("up", "down")
]
THREATS = [ThreatModel(norm="linf", epsilon=0.06), ThreatModel(norm="l2", epsilon=1.5)]
QUICK = Bottleneck(steps=20)


@pytest.mark.parametrize("threat", THREATS, ids=lambda threat: threat.norm)
@pytest.mark.parametrize("loss", ["ce", "margin"])
def test_without_weight_or_channels_it_is_pgd_to_the_bit(
    loss: Any, threat: ThreatModel, digits: tuple[Staged, Dataset]
) -> None:
    model, data = digits
    x, y = data.images[:50], data.labels[:50]
    expected = PGD(threat=threat, loss=loss)(model, x, y, generator=generator(3))
    for which in SIDES:
        for given in ({"weight": 0.0, "bottleneck": QUICK}, {"weight": 0.0, "mask": "random"}, {"mask": "none"}):
            attack = NRFLinf(threat=threat, loss=loss, **which, **given)  # type: ignore[arg-type]
            assert torch.equal(attack(model, x, y, generator=generator(3)), expected)


@pytest.mark.parametrize("which", SIDES)
def test_pull_is_that_of_the_equation(which: dict[str, Any]) -> None:
    model = Staged([("same", nn.Identity()), ("classifier", PooledLinear(6, 4, max_pool=False))], "same").double()
    z = torch.randn(5, 6, 4, 4, generator=generator(1), dtype=torch.float64)
    y, chosen = torch.tensor([0, 1, 2, 3, 0]), torch.rand(5, 6, generator=generator(2)) < 0.5
    attack = NRFLinf(**which, weight=0.7)

    def pulled(z: Tensor) -> Tensor:
        return attack._pulled(model, y, chosen, z)

    found = input_gradient(nn.Identity(), z, pulled)
    g = input_gradient(model, z, lambda logits: cross_entropy(logits, y))
    for n in range(len(z)):
        u = g[n] * chosen[n, :, None, None]
        expected = g[n] / g[n].norm() + attack.sign * 0.7 * u / u.norm()
        torch.testing.assert_close(found[n] / g[n].norm(), expected)


def test_the_sides_and_the_weight_count(digits: tuple[Staged, Dataset]) -> None:
    model, data = digits
    x, y = data.images[:50], data.labels[:50]
    attacks = [NRFLinf(threat=THREATS[0], bottleneck=QUICK, **which) for which in SIDES]
    results = [attack(model, x, y, generator=generator(3)) for attack in attacks]
    assert len({tuple(result.flatten().tolist()) for result in results}) == 4


@pytest.mark.parametrize("given", [{"weight": -0.5}, {"mask": "clever"}, {"steps": 0}, {"loss": "dlr"}])
def test_values_outside_their_range_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        NRFLinf(**given)
