"""Verbs that several subjects share: what a network sees at the cut, and what a split is compared with."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from core.models import PooledLinear
from core.seeding import Draws, generator, uniform
from core.types import Classifier, Features, Images, Labels

BATCH = 100  # images at a time; also the batch of the released code


@torch.no_grad()
def features(model: Classifier, x: Images, cut: str | None = None) -> Features:
    """Z at the cut without a graph, (n, c, h, w)."""
    return model.features(x, cut)


def linear_tail(model: Classifier, at: str | None = None) -> nn.Linear | None:
    """The linear layer that reads the pooled features at the cut; None where the tail is another."""
    tail = model.tail(at) if hasattr(model, "tail") else []
    return tail[0].linear if len(tail) == 1 and isinstance(tail[0], PooledLinear) else None


def pooled(model: Classifier, z: Features, at: str | None = None) -> Tensor:
    """Each channel's activation (n, c): what the linear layer reads of `z`, or the mean over the rectified map."""
    tail = model.tail(at) if hasattr(model, "tail") else []
    if len(tail) == 1 and isinstance(tail[0], PooledLinear):
        with torch.no_grad():
            return tail[0].pooled(z)
    return torch.relu(z).mean(dim=(2, 3))


def random_mask(robust: Tensor, draws: Draws) -> Tensor:
    """For each image of `robust` (n, c) bool, as many channels drawn uniformly without replacement, (n, c) bool."""
    order = uniform(robust.shape, draws).to(robust.device)
    return order.argsort(dim=1).argsort(dim=1) < robust.sum(dim=1, keepdim=True)


def wrong_labels(y: Labels, num_classes: int, seed: int, rows: Iterable[int] | None = None) -> Labels:
    """For each label of `y` (n,) another one, uniformly, (n,).

    An image draws its own, by its position in the data set: the same in any batch, and another with another seed.

    Args:
        rows: the positions; None is from the first on.
    """
    draws = (generator(seed, "wrong label", int(row)) for row in (range(len(y)) if rows is None else rows))
    shift = torch.cat([torch.randint(1, num_classes, (1,), generator=draw) for draw in draws])
    return (y + shift.to(y.device)) % num_classes
