"""The information bottleneck of NeurIPS 2021, equations 3 to 5."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from core.distillation.channels import Distilled
from core.distillation.descent import descend
from core.distillation.rows import Rows, alike, in_turn
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
        return self._along(model, z, y, [self.beta], seed, on_step)[0]

    def sweep(
        self, model: Classifier, z: Features, y: Labels, betas: Sequence[float], *, seed: int = 0
    ) -> list[Distilled]:
        """One result for each of `betas`, in one pass; equal to separate calls with these betas."""
        if not betas:
            raise InputError("A sweep needs at least one beta.")
        for beta in betas:
            check_beta(beta)
        return self._along(model, z, y, betas, seed, None)

    @torch.no_grad()
    def of_rows(self, rows: Sequence[Rows], *, on_step: OnStep | None = None) -> list[Distilled]:
        """A result for each of `rows`, a row of it a row, in one pass where the networks' tails are alike.

        Equal to separate calls. `rows` say label, beta and seed, and these count in place of the bottleneck's own; a
        tolerance "batch" is that of all images of the same network here.
        """
        checked = [self._checked(each) for each in rows]
        scales = self._noise_scales(checked, on_step)
        return [self._split(each.z, noise.square(), each.image) for each, noise in zip(checked, scales, strict=True)]

    def noise(self, channels: int, seed: int = 0) -> Tensor:
        """epsilon of every step and draw, (steps, draws, c): from the seed alone, equal on CPU and GPU."""
        return torch.randn((self.steps, self.noise_draws, channels), generator=generator(seed, "bottleneck"))

    @torch.no_grad()
    def _along(
        self, model: Classifier, z: Features, y: Labels, betas: Sequence[float], seed: int, on_step: OnStep | None
    ) -> list[Distilled]:
        """One result for each beta, of the same images, labels and seed."""
        n = len(z)
        check_labels_of(y, n)
        weights = torch.tensor(betas, dtype=torch.float64, device=z.device).repeat_interleave(n)
        image = torch.arange(n, device=z.device).repeat(len(betas))
        rows = Rows(model=model, z=z, image=image, y=y.repeat(len(betas)), beta=weights, seeds=[seed] * len(image))
        checked = self._checked(rows)
        (scales,) = self._noise_scales([checked], on_step)
        return [self._split(checked.z, scale.square()) for scale in scales.view(len(betas), n, -1)]

    def _checked(self, rows: Rows) -> Rows:
        check_mode(rows.model)
        z = checked_features(rows.z)
        with torch.autocast(z.device.type, enabled=False):
            classes = rows.model.head(z[:1], self.cut).shape[1]
        check_labels(rows.y, classes, len(rows.image))
        return replace(rows, z=z)

    def _split(self, z: Features, noise_variance: Tensor, image: Tensor | None = None) -> Distilled:
        """The threshold of equation 5 for features (n, c, h, w) and the noise of one row each, or of their `image`."""
        variance = z.flatten(2).var(dim=2)
        per_image = variance.amax(dim=1)
        tolerance = per_image if self.tolerance == "image" else per_image.max().expand_as(per_image)
        if image is not None:
            z, variance, tolerance = z[image], variance[image], tolerance[image]
        return Distilled(z, noise_variance, variance, tolerance, noise_variance > tolerance[:, None])

    def _noise_scales(self, rows: Sequence[Rows], on_step: OnStep | None) -> list[Tensor]:
        """sigma (r, c) of each of `rows`; what fits goes through one loop, the others after it."""
        groups = alike(rows, self.cut)
        turns = [
            [(group[k], which) for k, which in turn]
            for group in groups
            for turn in in_turn([len(rows[k]) for k in group], rows_at_once(rows[group[0]].z))
        ]
        done = itertools.count(1)

        def tick() -> None:
            if on_step is not None:
                on_step(next(done), len(turns) * self.steps)

        found: list[list[Tensor]] = [[] for _ in rows]
        for turn in turns:
            sigma = self._descended([_some(rows[k], which) for k, which in turn], tick)
            for (k, _), part in zip(turn, sigma.split([len(which) for _, which in turn]), strict=True):
                found[k].append(part)
        return [torch.cat(parts) for parts in found]

    def _descended(self, rows: Sequence[Rows], tick: Callable[[], None]) -> Tensor:
        """sigma, a row for each of all `rows`, after one loop."""
        with torch.autocast(rows[0].z.device.type, enabled=False):
            chosen = [each.z[each.image] for each in rows]
            variance = torch.cat([z.flatten(2).var(dim=2) for z in chosen])
            weight = torch.cat([each.beta for each in rows]).to(variance)
            weight /= variance.shape[1] if self.kl_reduction == "mean" else 1
            seeds = [seed for each in rows for seed in each.seeds]
            tail = tail_of([(each.model, z, each.y) for each, z in zip(rows, chosen, strict=True)], self.cut)
            return descend(tail, variance, weight, self._noise_of(seeds, variance), self.learning_rate, tick)

    def _noise_of(self, seeds: Sequence[int], like: Tensor) -> Iterable[Tensor]:
        """epsilon of each step: (draws, c) where all rows have one seed, else (draws, r, c)."""
        different = list(dict.fromkeys(seeds))
        noise = [self.noise(like.shape[1], seed).to(like) for seed in different]
        if len(different) == 1:
            return noise[0]
        own = torch.tensor([different.index(seed) for seed in seeds], device=like.device)
        return (draws.index_select(1, own) for draws in torch.stack(noise, dim=2))


def _some(rows: Rows, which: Tensor) -> Rows:
    """Those of the rows."""
    on_device = which.to(rows.image.device)
    return replace(
        rows, image=rows.image[on_device], y=rows.y[on_device], beta=rows.beta[on_device],
        seeds=[rows.seeds[k] for k in which.tolist()],
    )  # fmt: skip


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


def check_labels_of(y: Labels, n: int) -> None:
    if y.shape != (n,) or y.dtype != torch.int64:
        raise InputError(f"Expected one int64 label for each of {n} images, got {tuple(y.shape)} of {y.dtype}.")


def check_labels(y: Labels, classes: int, n: int) -> None:
    check_labels_of(y, n)
    if not bool(((y >= 0) & (y < classes)).all()):
        raise InputError(f"Labels must lie between 0 and {classes - 1}, got {int(y.min())} to {int(y.max())}.")


PAPER = Bottleneck(kl_reduction="sum", tolerance="image")
"""The paper's text to the letter: the printed sum over channels, a threshold for each image."""

RELEASED_CODE = Bottleneck(kl_reduction="mean", tolerance="batch")
"""What the released code does: the mean over channels, one threshold for all images given (100 there)."""
