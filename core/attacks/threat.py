"""The threat model owns everything that depends on the norm: where to start, which way to step, how to come back."""

from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor

from core.errors import InputError
from core.seeding import Draws, uniform
from core.types import Images

Norm = Literal["linf", "l2"]


@dataclass(frozen=True, kw_only=True)
class ThreatModel:
    """The set of images an attacker may return: within `epsilon` of the clean image in `norm`, pixels in [0, 1].

    Args:
        norm: "linf" or "l2", over all pixels and channels of one image.
        epsilon: radius in pixel units of [0, 1]; 0 allows the clean image only, 1 (linf) every image.
    Raises:
        InputError: unknown norm, or a radius that is negative, not finite or (linf) above 1.
    """

    norm: Norm = "linf"
    epsilon: float = 0.03

    def __post_init__(self) -> None:
        check_norm(self.norm)
        if not 0 <= self.epsilon < float("inf"):
            raise InputError(f"Epsilon must be a finite number of at least 0, got {self.epsilon}.")
        if self.norm == "linf" and self.epsilon > 1:
            raise InputError(f"A pixel in [0, 1] moves by 1 at most; give an epsilon up to 1, not {self.epsilon:g}.")

    def random_start(self, x: Images, generator: Draws) -> Images:
        """A point drawn uniformly from the ball's box (linf) or with uniform radius in a random direction (l2)."""
        noise = uniform(x.shape, generator, x.dtype).to(x.device) * 2 - 1
        if self.norm == "l2":
            radius = uniform(x.shape[:1], generator, x.dtype).to(x.device)
            noise = noise * per_image(radius / l2_norm(noise).clamp_min(1e-12), x)
        return self.project(x + self.epsilon * noise, x)

    def direction(self, gradient: Tensor) -> Tensor:
        """Steepest ascent of unit length in the norm: the sign (linf), the normalized gradient (l2)."""
        if self.norm == "linf":
            return gradient.sign()
        return gradient / per_image(l2_norm(gradient).clamp_min(1e-12), gradient)

    def size(self, delta: Tensor) -> Tensor:
        """Of every image's perturbation in the norm, (n,)."""
        return linf_norm(delta) if self.norm == "linf" else l2_norm(delta)

    def project(self, x_adv: Images, x: Images) -> Images:
        """The closest point to `x_adv` inside the ball around `x` (l2: after clipping) and inside [0, 1].

        The image is clipped outside the gradient, so a pixel at exactly 0 or 1 can still move inwards.
        """
        if self.norm == "linf":
            lower, upper = (x - self.epsilon).clamp_min(0), (x + self.epsilon).clamp_max(1)
            return torch.minimum(torch.maximum(x_adv, lower), upper)
        delta = x_adv.clamp(0, 1) - x
        shrunk = delta * per_image((self.epsilon / l2_norm(delta).clamp_min(1e-12)).clamp_max(1), x)
        return (x + shrunk).clamp(0, 1)  # again: x + (1 - x) may round to above 1


@dataclass(frozen=True, kw_only=True)
class MinimalNorm:
    """No radius: the attack looks for the smallest perturbation in `norm` that the network gets wrong.

    Accuracy under such an attack says little without the size of its perturbations, and never ranks beside a bounded
    attack's.

    Args:
        norm: that is kept small, "linf" or "l2", over all pixels and channels of one image.
    Raises:
        InputError: unknown norm, on construction.
    """

    norm: Norm = "l2"

    def __post_init__(self) -> None:
        check_norm(self.norm)


def check_norm(norm: str) -> None:
    """Raise InputError unless the norm is known."""
    if norm not in get_args(Norm):
        raise InputError(f"Unknown norm {norm!r}; known are {', '.join(get_args(Norm))}.")


def l2_norm(t: Tensor) -> Tensor:
    """Euclidean length of every image of a batch: (n, ...) -> (n,)."""
    return t.flatten(1).norm(dim=1)


def linf_norm(t: Tensor) -> Tensor:
    """Largest absolute entry of every image of a batch: (n, ...) -> (n,)."""
    return t.flatten(1).abs().amax(dim=1)


def per_image(values: Tensor, like: Tensor) -> Tensor:
    """View (n,) as (n, 1, 1, ...), to multiply a batch image by image."""
    return values.view(-1, *[1] * (like.dim() - 1))
