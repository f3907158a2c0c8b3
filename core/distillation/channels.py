"""The result of distilling: which channels of which image are robust, and what each side alone says."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.types import Classifier, Features, Logits


@dataclass(frozen=True)
class Distilled:
    """The split of the channels, image by image.

    Args:
        features: Z at the cut, (n, c, h, w), signed.
        noise_variance: sigma^2 each channel tolerates, (n, c); equation 3.
        feature_variance: unbiased variance of each channel over its map, (n, c).
        tolerance: T, the threshold of each image, (n,); the largest feature variance of the image (or batch).
        robust: sigma^2 > T, (n, c) bool; equation 5.
    """

    features: Features
    noise_variance: Tensor
    feature_variance: Tensor
    tolerance: Tensor
    robust: Tensor

    @property
    def robust_features(self) -> Features:
        """Z with every non-robust channel zeroed, (n, c, h, w)."""
        return masked(self.features, self.robust)

    @property
    def nonrobust_features(self) -> Features:
        """Z with every robust channel zeroed, (n, c, h, w); the two sides add up to Z exactly."""
        return masked(self.features, ~self.robust)


@dataclass(frozen=True)
class ReadOut:
    """Logits (n, k) from all channels, from the robust ones alone and from the non-robust ones alone."""

    all: Logits
    robust: Logits
    nonrobust: Logits


def masked(z: Features, keep: Tensor) -> Features:
    """`z` (n, c, h, w) with the channels zeroed where `keep` (n, c) is False."""
    return z * keep[:, :, None, None].to(z.dtype)


@torch.no_grad()
def read_out(model: Classifier, z: Features, robust: Tensor, at: str | None = None) -> ReadOut:
    """What the tail says of `z` as a whole and of each side of the mask `robust` (n, c) bool; equations 5 and 6."""
    return ReadOut(
        all=model.head(z, at),
        robust=model.head(masked(z, robust), at),
        nonrobust=model.head(masked(z, ~robust), at),
    )
