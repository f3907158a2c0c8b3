"""Many test images distilled, each beside its controls: the tables that every page reads its numbers from."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
import torch
from torch import Tensor

from core.analysis.attacked import AttackedBatch, attacked
from core.analysis.experiment import EXPERIMENTS, Subject
from core.analysis.results import Result
from core.analysis.split import features, pooled, random_mask, wrong_labels
from core.analysis.start.findings import summary
from core.analysis.start.opening import opening
from core.attacks import PGD, Attack
from core.distillation import Bottleneck, Distilled, read_out
from core.seeding import generator
from core.sides import SIDES
from core.types import Classifier, Features, Labels, OnStep

TOP = 5  # images kept for each channel


@EXPERIMENTS.register("start")
@dataclass(frozen=True, kw_only=True)
class Survey:
    """Distill the first `n` images with their true labels, read them clean and attacked, and run the three controls.

    Row i is what `explain` says of image i.

    Tables: `images`, a row an image: its label, what all, robust and non-robust channels predict clean and attacked
    (both read through the clean image's split), how many channels are robust, the tolerance, and the three controls:
    `wrong_label` with what the sides say when it is supplied and how many channels are robust then, `mask_*` from as
    many random channels, `twin_*` from the
    network with random weights; `channels`, a row a channel: in which share of the images it is robust, overall and by
    class (`robust_share_<label>`), its mean pooled activation, and the images that activate it most (`top_1` ...).
    Summary: as `core.analysis.start.findings.summary`; and `opening`, the record of the image that the first screen
    shows, null where the images of the data set must not be stored. Arrays: its pictures, as `opening.py` says.

    Args:
        n: test images, from the first.
        attack: on the whole network.
        bottleneck: the distiller.
        seed: of the attack's starts, the distiller's noise, the wrong labels and the random masks.
    """

    version: ClassVar[int] = 2

    n: int = 500
    attack: Attack = PGD()
    bottleneck: Bottleneck = Bottleneck()
    seed: int = 0

    def __call__(self, subject: Subject, *, on_step: OnStep | None = None) -> Result:
        """A step is an image distilled."""
        data, bench = subject.first(self.n), Bench(subject, self.bottleneck, self.seed)
        y, y_wrong = data.labels, wrong_labels(data.labels, len(data.class_names), self.seed)
        rows: dict[str, list[Tensor]] = defaultdict(list)
        masks, activations = [], []
        for batch in attacked(subject, self.attack, n=self.n, seed=self.seed):
            measured = bench.measure(batch, y_wrong, (self.bottleneck.beta,))
            for name, column in measured.columns[0].items():
                rows[name].append(column.cpu())
            masks.append(measured.splits[0].robust.cpu())
            activations.append(pooled(subject.model, measured.splits[0].features, self.bottleneck.cut).cpu())
            if on_step:
                on_step(int(batch.rows[-1]) + 1, self.n)
        images = pd.DataFrame({name: torch.cat(parts).numpy() for name, parts in rows.items()})
        channels = channel_table(torch.cat(masks), torch.cat(activations), y.cpu(), len(data.class_names))
        record, pictures = opening(subject, images, self.attack, self.bottleneck, self.seed)
        return Result(
            {"images": images, "channels": channels},
            {**summary(images, len(channels)), "opening": record},
            pictures,
        )


@dataclass(frozen=True)
class MeasuredBatch:
    """One batch: for each beta the columns of the image table, and the splits that the true labels gave."""

    columns: list[dict[str, Tensor]]
    splits: list[Distilled]


@dataclass(frozen=True)
class Bench:
    """What stays the same from batch to batch, and from beta to beta."""

    subject: Subject
    bottleneck: Bottleneck
    seed: int

    def measure(self, batch: AttackedBatch, wrong_labels: Labels, betas: Sequence[float]) -> MeasuredBatch:
        """A batch with its three controls; the wrong labels are those of all images."""
        model, twin_model = self.subject.model, self.subject.twin
        at, splits, start, y = self.bottleneck.cut, self.bottleneck.sweep, int(batch.rows[0]), batch.y
        y_wrong = wrong_labels[start : start + len(y)]
        pair = features(model, batch.x, at), features(model, batch.x_adv, at)
        twin_pair = features(twin_model, batch.x, at), features(twin_model, batch.x_adv, at)
        given = splits(model, pair[0], y, betas, seed=self.seed)
        wrong = splits(model, pair[0], y_wrong, betas, seed=self.seed)
        twin = splits(twin_model, twin_pair[0], y, betas, seed=self.seed)
        fixed = {"index": batch.rows, "label": y, "wrong_label": y_wrong}
        columns = []
        for true_split, wrong_split, twin_split in zip(given, wrong, twin, strict=True):
            mask = random_mask(true_split.robust, generator(self.seed, "random mask", start))
            columns.append(
                fixed
                | _sizes(true_split, wrong_split, twin_split)
                | _predictions("", model, pair, true_split.robust, at)
                | _predictions("wrong_", model, pair, wrong_split.robust, at)
                | _predictions("mask_", model, pair, mask, at)
                | _predictions("twin_", twin_model, twin_pair, twin_split.robust, at)
            )
        return MeasuredBatch(columns, given)


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
