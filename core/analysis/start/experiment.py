"""Many test images distilled, each beside its controls: the tables that every page reads its numbers from."""

from collections import defaultdict
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
import torch
from torch import Tensor

from core.analysis.attacked import attacked
from core.analysis.controls import BatchControls
from core.analysis.experiment import EXPERIMENTS, Subject
from core.analysis.results import Result
from core.analysis.split import pooled, wrong_labels
from core.analysis.start.findings import summary
from core.analysis.start.opening import opening
from core.attacks import PGD, Attack
from core.distillation import Bottleneck
from core.types import Labels, OnStep

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

    version: ClassVar[int] = 3  # the opening leads clearly

    n: int = 500
    attack: Attack = PGD()
    bottleneck: Bottleneck = Bottleneck()
    seed: int = 0

    def __call__(self, subject: Subject, *, on_step: OnStep | None = None) -> Result:
        """A step is an image distilled."""
        data, controls = subject.first(self.n), BatchControls(subject, self.bottleneck, self.seed)
        y, y_wrong = data.labels, wrong_labels(data.labels, len(data.class_names), self.seed)
        rows: dict[str, list[Tensor]] = defaultdict(list)
        masks, activations = [], []
        for batch in attacked(subject, self.attack, n=self.n, seed=self.seed):
            measured = controls.measure(batch, y_wrong, (self.bottleneck.beta,))
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
