"""A network as an ordered set of named stages that can be cut between any two: no hooks anywhere."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from core.errors import InputError
from core.registry import Registry, unknown_name
from core.types import Features, Images, Logits

MODELS: Registry = Registry("network")


class Staged(nn.Module):
    """Stages run in order; `head(features(x, at), at) == model(x)` for every cut.

    Args:
        stages: name and module of each stage, in order. The last is the classifier.
        default_cut: the cut that `features(x)` and `head(z)` use.
    """

    def __init__(self, stages: Iterable[tuple[str, nn.Module]], default_cut: str) -> None:
        super().__init__()
        self.stages = nn.ModuleDict(dict(stages))
        self.cuts: tuple[str, ...] = tuple(self.stages)[:-1]
        self.default_cut = default_cut

    def forward(self, x: Images) -> Logits:
        return self._run(x, tuple(self.stages))

    def features(self, x: Images, at: str | None = None) -> Features:
        """Output of stage `at` (n, c, h, w); None is the default cut. Raises InputError on an unknown cut."""
        return self._run(x, tuple(self.stages)[: self._after(at)])

    def head(self, z: Features, at: str | None = None) -> Logits:
        """Logits (n, k) from the output `z` of stage `at`; None is the default cut. Leaves `z` as it is."""
        return self._run(z, tuple(self.stages)[self._after(at) :])

    def tail(self, at: str | None = None) -> list[nn.Module]:
        """The stages that `head(z, at)` runs."""
        return list(self.stages.values())[self._after(at) :]

    def _after(self, at: str | None) -> int:
        at = self.default_cut if at is None else at
        if at not in self.cuts:
            raise InputError(unknown_name("cut", at, self.cuts))
        return self.cuts.index(at) + 1

    def _run(self, t: Tensor, names: tuple[str, ...]) -> Tensor:
        for name in names:
            t = self.stages[name](t)
        return t


class Normalize(nn.Module):
    """(x - 0.5) / 0.25 for every channel and data set, inside the model, so that epsilon stays in pixel units."""

    def forward(self, x: Images) -> Tensor:
        return (x - 0.5) / 0.25


class PooledLinear(nn.Module):
    """The tail both of the paper's networks share: ReLU, an optional 2x2 max-pool, average over the map, linear.

    Out-of-place ReLU: the features it receives are used again by the caller.

    Args:
        channels: of the features.
        num_classes: of the logits.
        max_pool: halve the map by its maxima first (VGG), or not (WRN).
    """

    def __init__(self, channels: int, num_classes: int, max_pool: bool) -> None:
        super().__init__()
        self.max_pool = max_pool
        self.linear = nn.Linear(channels, num_classes)

    def pooled(self, z: Features) -> Tensor:
        """The vector (n, c) that the linear layer reads."""
        z = torch.relu(z)
        if self.max_pool:
            z = nn.functional.max_pool2d(z, 2, 2)
        return z.mean(dim=(2, 3))

    def forward(self, z: Features) -> Logits:
        return self.linear(self.pooled(z))


def scaled(channels: int, width: float) -> int:
    """`channels` times the width factor, rounded, at least 1."""
    return max(1, round(channels * width))
