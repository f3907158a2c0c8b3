"""Names for the tensors and the classifiers that every part of the core passes around.

Importing this module does not import torch: the Start page reads stored results, without it. The
tensor names resolve to `torch.Tensor` when they are first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NewType, Protocol, TypeAlias

if TYPE_CHECKING:
    from torch import Tensor

    Images: TypeAlias = Tensor  # float32 (n, c, h, w), pixels in [0, 1]
    Labels: TypeAlias = Tensor  # int64 (n,)
    Features: TypeAlias = Tensor  # float32 (n, c, h, w), signed: the default cut lies before a ReLU
    Logits: TypeAlias = Tensor  # float32 (n, k)
else:

    def __getattr__(name: str) -> Any:
        if name not in ("Images", "Labels", "Features", "Logits"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from torch import Tensor

        return Tensor


ClassIndex = NewType("ClassIndex", int)  # of a class in the order of a model's; people write its name
OnStep: TypeAlias = Callable[[int, int], None]  # called as on_step(done, total); the caller shows it


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """A fraction of `n` images with its 95 % interval.

    Args:
        value: correct / n.
        n: images counted.
        low: lower end of the Wilson interval.
        high: upper end.
        attack: the attack's fields as plain data; None is clean accuracy.
    """

    value: float
    n: int
    low: float
    high: float
    attack: dict[str, Any] | None = None


class Classifier(Protocol):
    """A network that can be cut in two: `head(features(x, at), at) == model(x)` for every name in `cuts`."""

    cuts: tuple[str, ...]
    default_cut: str
    training: bool

    def __call__(self, x: Images) -> Logits: ...

    def features(self, x: Images, at: str | None = None) -> Features: ...

    def head(self, z: Features, at: str | None = None) -> Logits: ...
