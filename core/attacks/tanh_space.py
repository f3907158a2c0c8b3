"""Carlini and Wagner's change of variables and the search in it: what CW and the paper's own attacks share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import torch
from torch import Tensor

from core.attacks.losses import margin
from core.attacks.registry import Schedule
from core.attacks.threat import MinimalNorm, per_image
from core.errors import InputError
from core.registry import unknown_name
from core.types import Images, Labels, Logits

Boundary = Literal["movable", "released"]
Stop = Literal["none", "image", "batch"]
Pressure = Callable[[Images], tuple[Logits, Tensor]]  # x_adv -> its logits and (n,) what pushes it to be misclassified

INSIDE = 1 - 1e-6  # of tanh w: at 1 its gradient is exactly 0


class Found(NamedTuple):
    """The closest misclassified images so far, else the clean ones, and their squared L2 distance (n,), else inf."""

    images: Images
    distance: Tensor

    def closer(self, x_adv: Images, distance: Tensor) -> "Found":
        """With each image replaced by that of `x_adv` where its `distance` (inf: not misclassified) is smaller."""
        better = distance < self.distance
        return Found(torch.where(per_image(better, x_adv), x_adv, self.images), distance.minimum(self.distance))

    @staticmethod
    def nothing(x: Images) -> "Found":
        """The clean images."""
        return Found(x, x.new_full((len(x),), float("inf")))


@dataclass(frozen=True, kw_only=True)
class TanhSearch:
    """Adam in tanh space for a small perturbation that is misclassified; an attack adds what pushes it.

        minimize over w  |x_adv - x|_2^2 + pressure(x_adv),   x_adv = (tanh w + 1) / 2
                                                             Carlini and Wagner 2017, arXiv:1608.04644, sec. V

    The closest misclassified x_adv on the way is returned, else the clean image.

    Args:
        c: weight of the pressure against the squared L2 distance.
        steps: of Adam, one forward and one backward pass each.
        learning_rate: of Adam, on w.
        boundary: "movable" starts from tanh w clamped to +-(1 - 1e-6), so that a pixel at exactly 0 or 1 can move;
            "released" does not, as the released code: such a pixel has gradient 0 and stays.
        stop: "none" takes all steps; "image" gives an image up, and "batch" (the released code) all of them, once its
            objective is larger than at the last check. An image's result depends on its batch under "batch" alone.
        check_every: steps between two checks; unused with stop="none".
    Raises:
        InputError: a value outside its range, on construction.
    """

    c: float = 0.1
    steps: int = 200
    learning_rate: float = 0.1
    boundary: Boundary = "movable"
    stop: Stop = "none"
    check_every: int = 20

    def __post_init__(self) -> None:
        if not 0 <= self.c < float("inf"):
            raise InputError(f"An attack's c must be a finite number of at least 0, got {self.c}.")
        for name in ("steps", "check_every"):
            if not isinstance(value := getattr(self, name), int) or value < 1:
                raise InputError(f"An attack's {name} must be a whole number of at least 1, got {value!r}.")
        if not 0 < self.learning_rate < float("inf"):
            raise InputError(f"A learning rate must be a finite number above 0, got {self.learning_rate}.")
        check_choice("boundary", self.boundary, Boundary)
        check_choice("stop", self.stop, Stop)

    @property
    def threat(self) -> MinimalNorm:
        """Not bounded: the L2 norm is kept small."""
        return MinimalNorm(norm="l2")

    @property
    def schedule(self) -> Schedule:
        """Steps as given; how far a pixel moves in one is Adam's choice."""
        return Schedule(self.steps)

    def search(self, x: Images, y: Labels, pressure: Pressure) -> Found:
        """The closest misclassified images that Adam passes on its way from `x`."""
        w = self._start(x).requires_grad_(True)
        adam = torch.optim.Adam([w], lr=self.learning_rate)
        found, running, last = Found.nothing(x), torch.ones_like(y, dtype=torch.bool), x.new_full(y.shape, float("inf"))
        for step in range(self.steps):
            with torch.enable_grad():
                x_adv = (w.tanh() + 1) / 2
                distance = (x_adv - x).square().flatten(1).sum(dim=1)
                logits, pushed = pressure(x_adv)
                objective = distance + pushed
                (w.grad,) = torch.autograd.grad(objective.sum(), w)
            fooled = running & (logits.argmax(dim=1) != y)
            found = found.closer(x_adv.detach(), distance.detach().masked_fill(~fooled, float("inf")))
            if self.stop != "none" and step % self.check_every == 0:
                now = objective.detach() if self.stop == "image" else objective.detach().sum().expand_as(last)
                running, last = running & (now <= last), now
                if not running.any():
                    break
            adam.step()
        return found

    def _start(self, x: Images) -> Tensor:
        end = INSIDE if self.boundary == "movable" else 1
        return (2 * x - 1).clamp(-end, end).atanh()


def lead(logits: Logits, y: Labels, kappa: float = 0.0) -> Tensor:
    """By how much the label still leads, (n,), no less than -kappa: max(o_y - max_{j != y} o_j, -kappa)."""
    return (-margin(logits, y)).clamp_min(-kappa)


def check_choice(kind: str, value: object, choices: Any) -> None:
    """Raise InputError unless `value` is one of the `choices`, a Literal."""
    if value not in get_args(choices):
        raise InputError(unknown_name(kind, value, get_args(choices)))
