"""What a picture should be: features along a target, or channels that are high; and how rough it may be."""

from dataclasses import dataclass
from typing import Literal, Protocol

import torch.nn.functional as F
from torch import Tensor

from core.types import Features, Images

Similarity = Literal["released", "cosine"]


class PictureObjective(Protocol):
    """Called with the features (n, c, h, w) of n pictures; returns n losses that do not depend on one another."""

    def __call__(self, a: Features) -> Tensor: ...


@dataclass(frozen=True)
class Match:
    """Features along a target r, picture by picture.

        L = -dot * cs^2,  dot = sum a r,  cs = dot / (k + |r|)                    (released code of NeurIPS 2021)

    The released "cosine" lacks |a|, so L is cubic in dot; "cosine" divides by it. Targets are signed: what is negative
    is matched too. A channel where r is 0 gets no gradient from dot, but is not held at 0 either.

    Args:
        targets: r, (n, c, h, w).
        guard: k, keeps a target of nothing finite.
        similarity: which of the two.
    """

    targets: Features
    guard: float = 1e-10
    similarity: Similarity = "released"

    def __call__(self, a: Features) -> Tensor:
        dot = (a * self.targets).flatten(1).sum(dim=1)
        length = self.targets.flatten(1).norm(dim=1)
        if self.similarity == "cosine":
            length = length * a.flatten(1).norm(dim=1)
        return -dot * (dot / (self.guard + length)) ** 2

    def cosine(self, a: Features) -> Tensor:
        """Cosine of features and target, (n,)."""
        return F.cosine_similarity(a.flatten(1), self.targets.flatten(1))


@dataclass(frozen=True)
class High:
    """Channels that are high: the mean over their maps, summed over the channels of `masks` (n, c) bool."""

    masks: Tensor

    def __call__(self, a: Features) -> Tensor:
        return -self.activation(a) * self.masks.sum(dim=1)

    def activation(self, a: Features) -> Tensor:
        """Mean activation of the chosen channels, (n,)."""
        kept = self.masks.to(a.dtype)
        return (a.mean(dim=(2, 3)) * kept).sum(dim=1) / kept.sum(dim=1)


def roughness(images: Images) -> Tensor:
    """sum (x - blur(x))^2 of each image, (n,); the blurred image counts as constant, as in the released code."""
    return (images - blurred(images.detach())).square().flatten(1).sum(dim=1)


def blurred(images: Images) -> Images:
    """Weighted mean over 3x3 pixels, one in the middle and a half around it, over those inside the image."""
    kernel = images.new_full((1, 1, 3, 3), 0.5)
    kernel[..., 1, 1] = 1
    n, c, h, w = images.shape
    total = F.conv2d(images.reshape(n * c, 1, h, w), kernel, padding=1)
    inside = F.conv2d(images.new_ones(1, 1, h, w), kernel, padding=1)
    return (total / inside).reshape(n, c, h, w)
