"""What the explanation of one image wants of the distiller, as rows of one pass; how the splits are read from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from core.analysis.split import features
from core.distillation import Bottleneck, Distilled, ReadOut, Rows, read_out
from core.types import Classifier, Features, Images, OnStep

SplitOf = Literal["clean", "own"]
SEEDS = (0, 1, 2, 3, 4)


class Row(NamedTuple):
    """One row of the distiller: which image, and everything that its noise depends on beside the steps.

    Args:
        attacked: of the attacked image, not of the clean one.
        label: that it is given.
        weight: of the KL summed over channels.
        seed: of its noise.
    """

    attacked: bool
    label: int
    weight: float
    seed: int


Learned = Mapping[Row, Tensor]  # sigma^2 (c,) of each row


@dataclass(frozen=True, eq=False)
class Pair:
    """An image and what an attack made of it, as one network sees them at the cut.

    Args:
        model: frozen.
        cut: None is the model's default.
        z: features of the clean image, (1, c, h, w).
        z_adv: those of the attacked one; `z` itself where there was no attack.
    """

    model: Classifier
    cut: str | None
    z: Features
    z_adv: Features

    @classmethod
    def of(cls, model: Classifier, x: Images, x_adv: Images, cut: str | None) -> "Pair":
        """From the images (1, c, h, w); without an attack `x_adv` is `x` itself."""
        z = features(model, x, cut)
        return cls(model, cut, z, z if x_adv is x else features(model, x_adv, cut))

    @cached_property
    def classes(self) -> int:
        """How many the network tells apart."""
        with torch.no_grad():
            return self.model.head(self.z, self.cut).shape[1]


@dataclass(frozen=True)
class Reading:
    """One image's split and what the network says from all, robust and non-robust channels."""

    split: Distilled
    logits: ReadOut


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """One pair and what it is split with.

    Args:
        pair: the image, before and after the attack.
        bottleneck: the distiller.
        label: that it is given.
        seed: of its noise.
        split_of: whose channels are split for the attacked image.
        shared: largest feature variance of the images that share T; None where T is the image's own.
    """

    pair: Pair
    bottleneck: Bottleneck
    label: int
    seed: int = 0
    split_of: SplitOf = "clean"
    shared: float | None = None

    @property
    def row(self) -> Row:
        """Of the clean image."""
        channels = self.pair.z.shape[1] if self.bottleneck.kl_reduction == "mean" else 1
        return Row(False, self.label, self.bottleneck.beta / channels, self.seed)

    @property
    def sides(self) -> list[Row]:
        """The clean image; and the attacked one, where it is split by itself."""
        own = self.split_of == "own" and self.pair.z_adv is not self.pair.z
        return [self.row, self.row._replace(attacked=True)] if own else [self.row]

    @property
    def labels(self) -> list[Row]:
        """The clean image, given each class in turn."""
        return [self.row._replace(label=label) for label in range(self.pair.classes)]

    @property
    def seeds(self) -> list[Row]:
        """The clean image under each of the five seeds."""
        return [self.row._replace(seed=seed) for seed in SEEDS]

    @property
    def every(self) -> list[Row]:
        """All that a person may look at: the sides under either reading of the KL, every label, every seed."""
        other: Literal["mean", "sum"] = "sum" if self.bottleneck.kl_reduction == "mean" else "mean"
        otherwise = replace(self, bottleneck=replace(self.bottleneck, kl_reduction=other))
        return [*self.sides, *self.labels, *self.seeds, *otherwise.sides]

    def split(self, learned: Learned, rows: Sequence[Row]) -> Distilled:
        """The split that each of the rows gives, all of one image."""
        z = (self.pair.z_adv if rows[0].attacked else self.pair.z).expand(len(rows), -1, -1, -1)
        variance = z.flatten(2).var(dim=2)
        tolerance, noise = variance.amax(dim=1), torch.stack([learned[row] for row in rows])
        if self.shared is not None:
            tolerance = tolerance.clamp_min(self.shared)
        return Distilled(z, noise, variance, tolerance, noise > tolerance[:, None])

    def read(self, learned: Learned) -> tuple[Reading, Reading]:
        """The clean and the attacked image, each with its split and what the network says from it."""
        splits = [self.split(learned, [row]) for row in self.sides]
        return self._reading(self.pair.z, splits[0]), self._reading(self.pair.z_adv, splits[-1])

    def read_labels(self, learned: Learned) -> Reading:
        """The clean image's splits and what the network says from each: row j was given label j."""
        split = self.split(learned, self.labels)
        return self._reading(split.features, split)

    def _reading(self, z: Features, split: Distilled) -> Reading:
        return Reading(split, read_out(self.pair.model, z, split.robust, self.pair.cut))


def learn(
    bottleneck: Bottleneck, wanted: Sequence[tuple[Pair, Iterable[Row]]], *, on_step: OnStep | None = None
) -> list[dict[Row, Tensor]]:
    """sigma^2 (c,) of all rows that are wanted of each pair, in one pass where the networks' tails are alike.

    Args:
        bottleneck: its steps, learning rate, draws and cut count; the rows say the rest.
        wanted: pairs and rows; one that is named twice is learned once.
    """
    plain = replace(bottleneck, kl_reduction="sum", tolerance="image")
    rows = [list(dict.fromkeys(each)) for _, each in wanted]
    splits = plain.of_rows([_rows(pair, each) for (pair, _), each in zip(wanted, rows, strict=True)], on_step=on_step)
    return [dict(zip(each, split.noise_variance, strict=True)) for each, split in zip(rows, splits, strict=True)]


def _rows(pair: Pair, rows: Sequence[Row]) -> Rows:
    both = pair.z if pair.z_adv is pair.z else torch.cat([pair.z, pair.z_adv])
    of, label, weight, seeds = zip(*rows, strict=True)
    device = both.device
    return Rows(
        model=pair.model, z=both, image=torch.tensor(of, device=device).long(), y=torch.tensor(label, device=device),
        beta=torch.tensor(weight, dtype=torch.float64, device=device), seeds=seeds,
    )  # fmt: skip


@torch.no_grad()
def shared_tolerance(model: Classifier, bottleneck: Bottleneck, batch: Images | None) -> float | None:
    """The largest feature variance of the images that share T; None where each has its own. Nothing is distilled."""
    if bottleneck.tolerance != "batch" or batch is None:
        return None
    return float(features(model, batch, bottleneck.cut).flatten(2).var(dim=2).max())
