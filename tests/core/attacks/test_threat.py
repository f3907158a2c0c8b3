import math
from typing import Any

import pytest
import torch

from core.attacks import ThreatModel
from core.attacks.threat import l2_norm, linf_norm
from core.errors import InputError
from core.seeding import generator

SIZE = {"linf": linf_norm, "l2": l2_norm}


@pytest.fixture(params=["linf", "l2"])
def threat(request: pytest.FixtureRequest) -> ThreatModel:
    return ThreatModel(norm=request.param, epsilon=0.25)


@pytest.mark.parametrize("epsilon", [-0.1, math.nan, math.inf])
def test_impossible_radius_is_refused(epsilon: float) -> None:
    with pytest.raises(InputError, match="finite number of at least 0"):
        ThreatModel(epsilon=epsilon)


def test_unknown_norm_is_refused() -> None:
    norm: Any = "l1"
    with pytest.raises(InputError, match="known are linf, l2"):
        ThreatModel(norm=norm)


def test_projection_keeps_what_is_inside_and_brings_back_what_is_not(threat: ThreatModel) -> None:
    x = torch.rand(6, 3, 4, 4, generator=generator(0))
    far = x + torch.randn(x.shape, generator=generator(1))
    near = threat.project(far, x)
    assert SIZE[threat.norm](near - x).max() <= threat.epsilon + 1e-6
    assert near.min() >= 0
    assert near.max() <= 1
    torch.testing.assert_close(threat.project(near, x), near, rtol=0, atol=1e-6)


def test_projection_never_rounds_out_of_the_range() -> None:
    x = torch.rand(200, 3, 8, 8, generator=generator(0))
    result = ThreatModel(norm="l2", epsilon=1e3).project(torch.full_like(x, 2.0), x)
    assert result.max() <= 1


def test_direction_has_unit_length(threat: ThreatModel) -> None:
    gradient = torch.randn(6, 3, 4, 4, generator=generator(0))
    length = SIZE[threat.norm](threat.direction(gradient))
    torch.testing.assert_close(length, torch.ones(6))


def test_no_gradient_no_direction(threat: ThreatModel) -> None:
    assert torch.equal(threat.direction(torch.zeros(2, 3, 4, 4)), torch.zeros(2, 3, 4, 4))


def test_random_starts_fill_the_ball(threat: ThreatModel) -> None:
    x = torch.full((400, 3, 4, 4), 0.5)
    sizes = SIZE[threat.norm](threat.random_start(x, generator(0)) - x)
    assert sizes.max() <= threat.epsilon + 1e-6
    assert sizes.max() > 0.95 * threat.epsilon
    if threat.norm == "l2":  # uniform radius; the box's largest entry always lies near its side
        assert sizes.min() < 0.05 * threat.epsilon


def test_one_generator_an_image_frees_the_start_from_the_batch(threat: ThreatModel) -> None:
    x = torch.full((5, 3, 4, 4), 0.5)
    together = threat.random_start(x, [generator(0, i) for i in range(5)])
    alone = threat.random_start(x[3:4], [generator(0, 3)])
    torch.testing.assert_close(together[3:4], alone, rtol=0, atol=1e-7)
    assert not torch.equal(together[0], together[1])
