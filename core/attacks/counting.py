"""Passes through a network as an attack really makes them, counted in images."""

from collections.abc import Callable
from typing import Any, NamedTuple

from torch import Tensor

from core.types import Classifier, Features, Images, Logits, OnStep


class Passes(NamedTuple):
    """Images that went through a network.

    Args:
        forwards: pixels to logits, or pixels to features.
        gradients: backward passes that reached the pixels.
        head_forwards: features to logits, after the cut.
        head_gradients: backward passes through that part, whether or not they went on to the pixels.
    """

    forwards: int = 0
    gradients: int = 0
    head_forwards: int = 0
    head_gradients: int = 0


class Counted:
    """A classifier that answers as `model` does and counts what passes through it, up to now, in `passes`.

    Work that is done behind the cut without calling `head`, such as a tail in closed form, is not seen. Gradients that
    are asked for as one batch of several (`is_grads_batched`) count as one.

    Args:
        model: left as it is; no hook is put on it.
    """

    cuts: tuple[str, ...]
    default_cut: str
    training: bool

    def __init__(self, model: Classifier) -> None:
        self.model, self.passes = model, Passes()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def __call__(self, x: Images) -> Logits:
        return self.model(self._entering(x, self._pixels))

    def features(self, x: Images, at: str | None = None) -> Features:
        return self.model.features(self._entering(x, self._pixels), at)

    def head(self, z: Features, at: str | None = None) -> Logits:
        return self.model.head(self._entering(z, self._features), at)

    def _entering(self, t: Tensor, count: Callable[[int, int], None]) -> Tensor:
        """The same numbers as a tensor of this call alone, whose gradient says when a backward pass gets here."""
        count(len(t), 0)
        t = t.view_as(t)
        if t.requires_grad:
            t.register_hook(lambda gradient: count(0, len(gradient)))
        return t

    def _pixels(self, forwards: int, gradients: int) -> None:
        seen = self.passes
        self.passes = seen._replace(forwards=seen.forwards + forwards, gradients=seen.gradients + gradients)

    def _features(self, forwards: int, gradients: int) -> None:
        seen = self.passes
        self.passes = seen._replace(
            head_forwards=seen.head_forwards + forwards, head_gradients=seen.head_gradients + gradients
        )


class Told(Counted):
    """A classifier that answers as `model` does and tells how many passes there were, of as many as are expected.

    Args:
        model: left as it is.
        expected: images forward, about; more of them count as no more.
        on_step: called as `on_step(done, total)`.
    """

    def __init__(self, model: Classifier, expected: int, on_step: OnStep) -> None:
        super().__init__(model)
        self._expected, self._on_step = expected, on_step

    def _pixels(self, forwards: int, gradients: int) -> None:
        super()._pixels(forwards, gradients)
        if forwards:
            self._on_step(min(self.passes.forwards, self._expected), self._expected)
