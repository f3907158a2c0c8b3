"""The information bottleneck of NeurIPS 2021, equations 3 to 5."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from core.distillation.channels import Distilled
from core.distillation.descent import descend
from core.distillation.tails import tail_of
from core.errors import InputError
from core.seeding import generator
from core.types import Classifier, Features, Images, Labels, OnStep


@dataclass(frozen=True, kw_only=True)
class Bottleneck:
    """Learn for every image and channel how much noise the prediction of a given label tolerates, then threshold.

        Z_I = Z + sigma * epsilon,  epsilon ~ N(0, 1), one number a channel                                  (eq. 3)
        minimize over sigma  CE(h(Z_I), y) + beta * KL,  KL_k = 1/2 [s_k/sigma_k^2 + ln(sigma_k^2/s_k) - 1]  (eq. 4)
        robust_k = 1[sigma_k^2 > T],  T = max_k s_k                                                          (eq. 5)

    with s_k the variance of channel k over its map; "Distilling Robust and Non-Robust Features in Adversarial Examples
    by Information Bottleneck", NeurIPS 2021. sigma = softplus(lambda) from lambda = 0, Adam, the network frozen.
    The noise sequence depends on the seed alone and is shared by all images, so an image's result never depends on the
    images beside it (except for tolerance="batch", whose threshold does).

    Args:
        beta: weight of the KL term; 0 lets the cross-entropy alone choose the noise.
        steps: of Adam.
        learning_rate: of Adam, on lambda.
        noise_draws: draws of epsilon averaged in each step; more make the mask depend less on the seed.
        kl_reduction: the KL over channels. "mean" is what the released code does, and the default; "sum" is the printed
            formula, hundreds of times stronger, which leaves almost no channel robust at beta 0.3.
        tolerance: T over the channels of the image ("image", the paper's text) or of all images given ("batch", the
            released code with its 100 images).
        cut: stage whose output is split; None is the model's default, the paper's.
    Raises:
        InputError: a value outside its range, on construction; on use, a model in training mode, labels that do not
            fit, features that are not finite, a map of a single place (it has no variance).
    """

    beta: float = 0.3
    steps: int = 200
    learning_rate: float = 0.1
    noise_draws: int = 1
    kl_reduction: Literal["mean", "sum"] = "mean"
    tolerance: Literal["image", "batch"] = "image"
    cut: str | None = None

    def __post_init__(self) -> None:
        check_beta(self.beta)
        for name in ("steps", "noise_draws"):
            if not isinstance(value := getattr(self, name), int) or value < 1:
                raise InputError(f"The bottleneck's {name} must be a whole number of at least 1, got {value!r}.")
        if not 0 < self.learning_rate < float("inf"):
            raise InputError(f"A learning rate must be a finite number above 0, got {self.learning_rate}.")
        if self.kl_reduction not in ("mean", "sum"):
            raise InputError(f"Unknown KL reduction {self.kl_reduction!r}; known are mean, sum.")
        if self.tolerance not in ("image", "batch"):
            raise InputError(f"Unknown tolerance {self.tolerance!r}; known are image, batch.")

    def __call__(
        self, model: Classifier, x: Images, y: Labels, *, seed: int = 0, on_step: OnStep | None = None
    ) -> Distilled:
        """Split the channels of images `x` (n, c, h, w), given labels `y` (n,); any label, true or not."""
        check_mode(model)
        with torch.no_grad(), torch.autocast(x.device.type, enabled=False):
            z = model.features(x, self.cut)
        return self.of_features(model, z, y, seed=seed, on_step=on_step)

    def of_features(
        self, model: Classifier, z: Features, y: Labels, *, seed: int = 0, on_step: OnStep | None = None
    ) -> Distilled:
        """The same from features `z` (n, c, h, w) that were computed at the cut before."""
        return self._splits(model, z, y, [self.beta], seed, on_step)[0]

    def sweep(
        self, model: Classifier, z: Features, y: Labels, betas: Sequence[float], *, seed: int = 0
    ) -> list[Distilled]:
        """One result for each of `betas`, in one pass; equal to separate calls with these betas."""
        if not betas:
            raise InputError("A sweep needs at least one beta.")
        for beta in betas:
            check_beta(beta)
        return self._splits(model, z, y, betas, seed, None)

    def noise(self, channels: int, seed: int = 0) -> Tensor:
        """epsilon of every step and draw, (steps, draws, c): from the seed alone, equal on CPU and GPU."""
        return torch.randn((self.steps, self.noise_draws, channels), generator=generator(seed, "bottleneck"))

    @torch.no_grad()
    def _splits(
        self, model: Classifier, z: Features, y: Labels, betas: Sequence[float], seed: int, on_step: OnStep | None
    ) -> list[Distilled]:
        check_mode(model)
        with torch.autocast(z.device.type, enabled=False):
            z = checked_features(z)
            check_labels(y, model.head(z[:1], self.cut).shape[1], len(z))
            variance = z.flatten(2).var(dim=2)
            scales = self._noise_scales(model, z, y, variance, betas, seed, on_step)
        per_image = variance.amax(dim=1)
        tolerance = per_image if self.tolerance == "image" else per_image.max().expand_as(per_image)
        return [
            Distilled(z, noise_variance, variance, tolerance, noise_variance > tolerance[:, None])
            for noise_variance in scales.square()
        ]

    def _noise_scales(
        self,
        model: Classifier,
        z: Features,
        y: Labels,
        variance: Tensor,
        betas: Sequence[float],
        seed: int,
        on_step: OnStep | None,
    ) -> Tensor:
        """sigma (len(betas), n, c): a row for each beta and image, some rows at once."""
        n, c = variance.shape
        image = torch.arange(n, device=z.device).repeat(len(betas))
        weight = variance.new_tensor(betas).repeat_interleave(n) / (c if self.kl_reduction == "mean" else 1)
        noise = self.noise(c, seed).to(z)
        parts = list(zip(*(rows.split(rows_at_once(z)) for rows in (image, weight)), strict=True))
        done = itertools.count(1)

        def tick() -> None:
            if on_step is not None:
                on_step(next(done), len(parts) * self.steps)

        return torch.cat(
            [
                descend(tail_of(model, z[i], y[i], self.cut), variance[i], w, noise, self.learning_rate, tick)
                for i, w in parts
            ]
        ).view(len(betas), n, c)


def rows_at_once(z: Features) -> int:
    """Images to optimize together, the others after them: on a CPU as many as fit its cache, measured."""
    if z.device.type != "cpu":
        return max(1, 2**28 // z[0].numel())
    return max(1, min(2**16 // z.shape[1], 2**19 // z[0].numel()))


def check_beta(beta: float) -> None:
    if not 0 <= beta < float("inf"):
        raise InputError(f"Beta must be a finite number of at least 0, got {beta}.")


def check_mode(model: Classifier) -> None:
    if model.training:
        raise InputError("The distiller needs a frozen network, got one in training mode; call model.eval() first.")


def checked_features(z: Features) -> Features:
    """`z` without a graph, in single precision unless it is double."""
    if z.dim() != 4 or not len(z):
        raise InputError(f"Expected features (n, c, h, w) of at least one image, got {tuple(z.shape)}.")
    if z.shape[2] * z.shape[3] < 2:
        raise InputError("A channel's map has a single place at this cut, so no variance; choose an earlier cut.")
    if not bool(z.isfinite().all()):
        raise InputError("The features at this cut are not finite; check the image and the network's weights.")
    return z.detach() if z.dtype == torch.float64 else z.detach().float()


def check_labels(y: Labels, classes: int, n: int) -> None:
    if y.shape != (n,) or y.dtype != torch.int64:
        raise InputError(f"Expected one int64 label for each of {n} images, got {tuple(y.shape)} of {y.dtype}.")
    if not bool(((y >= 0) & (y < classes)).all()):
        raise InputError(f"Labels must lie between 0 and {classes - 1}, got {int(y.min())} to {int(y.max())}.")


PAPER = Bottleneck(kl_reduction="sum", tolerance="image")
"""The paper's text to the letter: the printed sum over channels, a threshold for each image."""

RELEASED_CODE = Bottleneck(kl_reduction="mean", tolerance="batch")
"""What the released code does: the mean over channels, one threshold for all images given (100 there)."""
