"""Many test images distilled, each beside its controls: the tables that every page reads its numbers from."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from core.analysis.split import BATCH, features, pooled, random_mask, wrong_labels
from core.attacks import Attack
from core.datasets import Dataset
from core.distillation import Bottleneck, Distilled, read_out
from core.errors import InputError
from core.seeding import generator
from core.types import Classifier, Features, Images, Labels, OnStep

TOP = 5  # images kept for each channel
SIDES = ("robust", "nonrobust")


@dataclass(frozen=True)
class Survey:
    """What the first n test images say.

    Args:
        images: a row an image: its label, what all, robust and non-robust channels predict clean and attacked (both
            read through the clean image's split), how many channels are robust, the tolerance, and the three controls:
            `wrong_label` with what the sides say when it is supplied and how many channels are robust then, `mask_*`
            from as many random channels, `twin_*` from the network with random weights.
        channels: a row a channel: in which share of the images it is robust, overall and by class
            (`robust_share_<label>`), its mean pooled activation, and the images that activate it most (`top_1` ...).
    """

    images: pd.DataFrame
    channels: pd.DataFrame


def survey(
    model: Classifier,
    dataset: Dataset,
    bottleneck: Bottleneck,
    attack: Attack,
    n: int,
    seed: int = 0,
    on_step: OnStep | None = None,
    *,
    twin: Classifier,
) -> Survey:
    """Distill the first `n` images with their true labels, read them clean and attacked, and run the three controls.

    Row i is what `explain` says of image i: all images share the attack's start, as they share the distiller's noise.

    Args:
        n: images; at most as many as there are.
        on_step: called with the images done and `n`.
        twin: the same network with random weights.
    Raises:
        InputError: n below 1 or above the size of the data set.
    """
    if not 1 <= n <= len(dataset):
        raise InputError(f"The {dataset.split} set of {dataset.name} has {len(dataset)} images, got n = {n}.")
    bench = Bench(model, twin, bottleneck, attack, seed)
    y_wrong = wrong_labels(dataset.labels[:n], len(dataset.class_names), seed)
    rows: dict[str, list[Tensor]] = defaultdict(list)
    masks, activations = [], []
    for start in range(0, n, BATCH):
        part = slice(start, min(start + BATCH, n))
        measured = bench.measure(start, dataset.images[part], dataset.labels[part], y_wrong[part], (bottleneck.beta,))
        for name, column in measured.columns[0].items():
            rows[name].append(column)
        masks.append(measured.splits[0].robust)
        activations.append(pooled(model, measured.splits[0].features, bottleneck.cut))
        if on_step:
            on_step(part.stop, n)
    images = pd.DataFrame({name: torch.cat(parts).numpy() for name, parts in rows.items()})
    channels = channel_table(torch.cat(masks), torch.cat(activations), dataset.labels[:n], len(dataset.class_names))
    return Survey(images, channels)


@dataclass(frozen=True)
class Measured:
    """One batch: for each beta the columns of the image table, and the splits that the true labels gave."""

    columns: list[dict[str, Tensor]]
    splits: list[Distilled]


@dataclass(frozen=True)
class Bench:
    """What stays the same from batch to batch, and from beta to beta."""

    model: Classifier
    twin: Classifier
    bottleneck: Bottleneck
    attack: Attack
    seed: int

    def measure(self, start: int, x: Images, y: Labels, y_wrong: Labels, betas: Sequence[float]) -> Measured:
        """The batch `x` (n, c, h, w) that begins at image `start`, labeled `y` (n,), with its three controls."""
        at, splits = self.bottleneck.cut, self.bottleneck.sweep
        x_adv = self.attack(self.model, x, y, generator=[generator(self.seed, "attack") for _ in y])
        pair = features(self.model, x, at), features(self.model, x_adv, at)
        twin_pair = features(self.twin, x, at), features(self.twin, x_adv, at)
        given = splits(self.model, pair[0], y, betas, seed=self.seed)
        wrong = splits(self.model, pair[0], y_wrong, betas, seed=self.seed)
        twin = splits(self.twin, twin_pair[0], y, betas, seed=self.seed)
        fixed = {"index": torch.arange(start, start + len(y)), "label": y, "wrong_label": y_wrong}
        columns = []
        for true_split, wrong_split, twin_split in zip(given, wrong, twin, strict=True):
            mask = random_mask(true_split.robust, generator(self.seed, "random mask", start))
            columns.append(
                fixed
                | _sizes(true_split, wrong_split, twin_split)
                | _predictions("", self.model, pair, true_split.robust, at)
                | _predictions("wrong_", self.model, pair, wrong_split.robust, at)
                | _predictions("mask_", self.model, pair, mask, at)
                | _predictions("twin_", self.twin, twin_pair, twin_split.robust, at)
            )
        return Measured(columns, given)


def _sizes(split: Distilled, wrong: Distilled, twin: Distilled) -> dict[str, Tensor]:
    return {
        "robust_count": split.robust.sum(dim=1),
        "tolerance": split.tolerance,
        "empty": ~split.robust.any(dim=1),
        "full": split.robust.all(dim=1),
        "wrong_robust_count": wrong.robust.sum(dim=1),
        "twin_robust_count": twin.robust.sum(dim=1),
    }


def _predictions(
    prefix: str, model: Classifier, pair: tuple[Features, Features], mask: Tensor, at: str | None
) -> dict[str, Tensor]:
    sides = SIDES if prefix else ("all", *SIDES)
    found: dict[str, Tensor] = {}
    for z, kind in zip(pair, ("clean", "attacked"), strict=True):
        logits = read_out(model, z, mask, at)
        found |= {f"{prefix}{kind}_{side}": getattr(logits, side).argmax(dim=1) for side in sides}
    return found


def channel_table(robust: Tensor, activation: Tensor, y: Labels, num_classes: int) -> pd.DataFrame:
    """A row a channel from masks (n, c) bool and activations (n, c); a class without images has no share (NaN)."""
    share = robust.double()
    top = activation.topk(min(TOP, len(activation)), dim=0).indices
    return pd.DataFrame(
        {
            "channel": range(robust.shape[1]),
            "robust_share": share.mean(dim=0).numpy(),
            "mean_activation": activation.mean(dim=0).numpy(),
            **{f"top_{rank + 1}": row.numpy() for rank, row in enumerate(top)},
            **{f"robust_share_{label}": share[y == label].mean(dim=0).numpy() for label in range(num_classes)},
        }
    )
