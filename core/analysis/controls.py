"""What many images are read beside: a wrong label supplied, as many random channels, a network with random weights."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from core.analysis.attacked import AttackedBatch
from core.analysis.experiment import Subject
from core.analysis.split import features, random_mask
from core.distillation import Bottleneck, Distilled, read_out
from core.seeding import generator
from core.sides import SIDES
from core.types import Classifier, Features, Labels


@dataclass(frozen=True)
class MeasuredBatch:
    """One batch: for each beta the columns of the image table, and the splits that the true labels gave."""

    columns: list[dict[str, Tensor]]
    splits: list[Distilled]


@dataclass(frozen=True)
class BatchControls:
    """The three controls of every batch: a wrong label supplied, as many random channels, a random network.

    Args:
        subject: the network, and its twin with random weights.
        bottleneck: the distiller.
        seed: of the distiller's noise and the random masks.
    """

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
