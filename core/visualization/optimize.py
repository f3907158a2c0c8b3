"""Draw pictures from features: Adam on Lucent's parameters, the network frozen, a whole batch at once."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias, get_args

import torch
from torch import Tensor

from core.errors import InputError
from core.registry import unknown_name
from core.types import Classifier, Features, Images, OnStep
from core.visualization.bridge import parameterized, transformed
from core.visualization.objective import High, Match, PictureObjective, Similarity, roughness

VIEWS = 16  # draws of the transforms that a finished picture is read through
OnPreview: TypeAlias = Callable[[Images], None]  # called with the pictures as they are now


@dataclass(frozen=True)
class Inverted:
    """Pictures whose features follow targets.

    Args:
        images: (n, 3, s, s) in [0, 1].
        cosine: of the picture's features and its target, (n,); the picture as it is shown, not transformed.
        predictions: probabilities (n, k) that the network gives to the picture.
        view_cosine, view_predictions: the same on average over `VIEWS` new draws of the transforms. What was optimized
            are such views, smaller and framed in gray: the released transforms pad by 8 and crop less.
    """

    images: Images
    cosine: Tensor
    predictions: Tensor
    view_cosine: Tensor
    view_predictions: Tensor


@dataclass(frozen=True)
class Raised:
    """Pictures that some channels answer to; the rest as in `Inverted`.

    Args:
        activation: mean of the channels over the picture's map, (n,).
    """

    images: Images
    activation: Tensor
    predictions: Tensor
    view_activation: Tensor
    view_predictions: Tensor


@dataclass(frozen=True, kw_only=True)
class Visualization:
    """Find the picture whose features are the given ones: feature inversion as in Fig. 3 of the NeurIPS 2021 paper.

        minimize over spectra  L(features(t(x))) + blur * sum (x - blurred(x))^2,  t drawn anew in every step

    with L of `Match` and the transforms of the released code. x is a sigmoid of Lucent's decorrelated Fourier images.
    A picture does not depend on the others of its batch, but for rounding: start and transforms come from the seed.

    Args:
        steps: of Adam.
        learning_rate: of Adam, on the spectra.
        image_size: side in pixels.
        blur: weight of the roughness; 0 does without, below 0 rewards fine detail.
        guard: k in `Match`.
        similarity: "released" is what the released code maximizes, "cosine" the true cosine.
        cut: stage whose output is matched; None is the model's default.
    Raises:
        InputError: a value outside its range, on construction; a model in training mode, targets that are zero
            everywhere or do not fit the cut, on use.
    """

    steps: int = 512
    learning_rate: float = 0.05
    image_size: int = 32
    blur: float = 0.01
    guard: float = 1e-10
    similarity: Similarity = "released"
    cut: str | None = None

    def __post_init__(self) -> None:
        for name in ("steps", "image_size"):
            if not isinstance(value := getattr(self, name), int) or value < 1:
                raise InputError(f"A picture's {name} must be a whole number of at least 1, got {value!r}.")
        for name in ("learning_rate", "guard"):
            if not 0 < (value := getattr(self, name)) < float("inf"):
                raise InputError(f"A picture's {name} must be a finite number above 0, got {value}.")
        if not abs(self.blur) < float("inf"):
            raise InputError(f"The weight of the blur must be finite, got {self.blur}.")
        if self.similarity not in (known := get_args(Similarity)):
            raise InputError(unknown_name("similarity", self.similarity, known))

    def __call__(
        self,
        model: Classifier,
        targets: Features,
        *,
        seed: int = 0,
        on_step: OnStep | None = None,
        on_preview: OnPreview | None = None,
        every: int = 16,
    ) -> Inverted:
        """Pictures whose features at the cut follow `targets` (n, c, h, w).

        Args:
            seed: of the start and of the transforms.
            on_step: called after every step; what it raises ends the drawing.
            on_preview: called with the pictures every `every` steps and at the end.
        """
        if targets.dim() != 4 or not bool(targets.flatten(1).any(dim=1).all()):
            raise InputError(
                f"Expected targets (n, c, h, w), none of them zero everywhere, got {tuple(targets.shape)}; a picture "
                "of nothing would be noise, so leave it out."
            )
        goal = Match(targets.detach().float(), self.guard, self.similarity)
        images = self._optimize(model, goal, targets, seed, on_step, on_preview, every)
        return Inverted(images, *self._read(model, goal.cosine, images, seed))

    def channels(
        self,
        model: Classifier,
        masks: Tensor,
        *,
        seed: int = 0,
        on_step: OnStep | None = None,
        on_preview: OnPreview | None = None,
        every: int = 16,
    ) -> Raised:
        """Pictures that raise the mean of the channels of `masks` (n, c) bool; the rest as in a call."""
        if masks.dim() != 2 or masks.dtype != torch.bool or not bool(masks.any(dim=1).all()):
            raise InputError(
                f"Expected masks (n, c) of true and false, each with a channel, got {tuple(masks.shape)} of "
                f"{masks.dtype}; leave empty sets out."
            )
        goal = High(masks)
        images = self._optimize(model, goal, masks, seed, on_step, on_preview, every)
        return Raised(images, *self._read(model, goal.activation, images, seed))

    @torch.no_grad()
    def activations(self, model: Classifier, images: Images, *, seed: int = 0) -> Tensor:
        """Mean of every channel over its map, (n, c), on average over views: what `channels` raises, of any images."""
        viewed = [model.features(x, self.cut).mean(dim=(2, 3)) for x in self._views(images, seed)]
        return torch.stack(viewed).mean(dim=0)

    def _views(self, images: Images, seed: int) -> Iterator[Images]:
        """The images through draws of the transforms that no step was taken on."""
        return (transformed(images, seed, self.steps + view) for view in range(1, VIEWS + 1))

    def _optimize(
        self,
        model: Classifier,
        objective: PictureObjective,
        wanted: Tensor,
        seed: int,
        on_step: OnStep | None,
        on_preview: OnPreview | None,
        every: int,
    ) -> Images:
        """The loop: gradients are asked for the spectra alone, so no parameter of the network receives one."""
        self._check(model, wanted)
        parameters, images = parameterized(len(wanted), self.image_size, seed, wanted.device)
        adam = torch.optim.Adam(parameters, lr=self.learning_rate)
        with torch.enable_grad(), torch.autocast(wanted.device.type, enabled=False):
            for step in range(1, self.steps + 1):
                x = images()
                loss = objective(model.features(transformed(x, seed, step), self.cut)).sum()
                if self.blur:
                    loss = loss + self.blur * roughness(x).sum()
                for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
                    parameter.grad = gradient
                adam.step()
                if on_preview is not None and (step % every == 0 or step == self.steps):
                    on_preview(images().detach())
                if on_step is not None:
                    on_step(step, self.steps)
            return images().detach()

    @torch.no_grad()
    def _check(self, model: Classifier, wanted: Tensor) -> None:
        if model.training:
            raise InputError("Drawing needs a frozen network, got one in training mode; call model.eval() first.")
        blank = torch.zeros(1, 3, self.image_size, self.image_size, device=wanted.device)
        shape = tuple(model.features(blank, self.cut).shape[1:])
        if tuple(wanted.shape[1:]) != shape[: wanted.dim() - 1]:
            raise InputError(
                f"Images of {self.image_size} pixels have features {shape} at this cut, got {tuple(wanted.shape[1:])}; "
                "take targets, cut and size from the same network."
            )

    @torch.no_grad()
    def _read(
        self, model: Classifier, score: Callable[[Features], Tensor], images: Images, seed: int
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Score and predictions of the pictures as they are, then of views that no step was taken on."""
        shown, *viewed = [model.features(x, self.cut) for x in itertools.chain([images], self._views(images, seed))]
        said = [model.head(a, self.cut).softmax(dim=1) for a in viewed]
        means = torch.stack([score(a) for a in viewed]).mean(dim=0), torch.stack(said).mean(dim=0)
        return score(shown), model.head(shown, self.cut).softmax(dim=1), *means


def released(image_size: int) -> Visualization:
    """The released settings for a size: those of 32 pixels, or those of Tiny-ImageNet's 64, which reward detail."""
    if image_size < 64:
        return Visualization(image_size=image_size)
    return Visualization(image_size=image_size, blur=-0.5, guard=1e-6)
