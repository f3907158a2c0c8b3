"""The toy set-up: random features, a random linear tail, random labels, and no trained network anywhere."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor, nn

from core.models import PooledLinear, Staged
from core.seeding import generator


@dataclass(frozen=True)
class Toy:
    """Features (n, c, h, w) and labels (n,) for a network of nothing but a tail, and the same tail in two stages."""

    model: Staged
    in_two_stages: Staged
    z: Tensor
    y: Tensor


def _toy(n: int = 4, c: int = 32, size: int = 2, classes: int = 10, max_pool: bool = True, double: bool = False) -> Toy:
    draws = generator(0, "toy")
    dtype = torch.float64 if double else torch.float32
    tail = PooledLinear(c, classes, max_pool)
    with torch.no_grad():
        tail.linear.weight.copy_(0.05 * torch.randn(classes, c, generator=draws))
        tail.linear.bias.zero_()
    z = 0.5 * torch.randn(n, c, size, size, generator=draws) - 0.3
    y = torch.randint(classes, (n,), generator=draws)
    model = Staged([("features", nn.Identity()), ("classifier", tail)], "features")
    split = Staged([("features", nn.Identity()), ("pass", nn.Identity()), ("classifier", tail)], "features")
    return Toy(model.to(dtype).eval(), split.to(dtype).eval(), z.to(dtype), y)


@pytest.fixture(scope="session")
def toy() -> Callable[..., Toy]:
    """toy(n=4, c=32, size=2, classes=10, max_pool=True, double=False)."""
    return _toy
