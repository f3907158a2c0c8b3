"""Which channels are robust, how often, for which class, how surely; and whether the weights say the same."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.analysis.attacked import AttackedBatch, attacked
from core.analysis.channels.activations import TABLE, activation_table, steps_of
from core.analysis.channels.agreement import (
    flip_rate,
    jaccard,
    largest,
    seed_jaccard,
    spearman,
    weight_margin,
    weight_mask,
)
from core.analysis.channels.findings import summary
from core.analysis.channels.flips import smallest_flip
from core.analysis.experiment import EXPERIMENTS, Subject
from core.analysis.results import Result
from core.analysis.split import features, linear_tail, pooled, random_mask
from core.analysis.start.experiment import channel_table
from core.attacks import PGD, Attack
from core.distillation import Bottleneck, Distilled, masked
from core.errors import InputError
from core.seeding import generator
from core.types import Classifier, Features, Images, Labels, OnStep


@EXPERIMENTS.register("channels")
@dataclass(frozen=True, kw_only=True)
class Assignment:
    """Distill the first `n` images with their true labels under several noise seeds, and compare the split.

    What it is compared with: the weights of the linear layer, W_y - mean_j W_j, which nobody has to distill; the
    channels' own variance; as many channels at random. A split that follows the weights says more about the label that
    was supplied than about robustness.

    Tables: `channels`, a row a channel: as in a survey (`core.analysis.start`), the lowest and highest `robust_share`
    over seeds, `flip_rate`, mean log10 of noise and of feature variance; `classes`, a row a class and
    channel: `robust_share`, `mean_log_noise` and `weight_margin` (NaN where the tail is not pooled and linear);
    `images`, a row an image: Spearman correlation of log sigma^2 with weights and variance over channels, Jaccard
    overlap of the robust channels with the weights' positive ones, with as many of largest variance, with as many at
    random, with those of other seeds; what each of three masks predicts clean and attacked; the smallest set of
    channels whose removal changes the prediction (`flip_size`, 0 if none does), how many of it are robust, and to what;
    `activations`, a row an image and channel: `robust` under the first seed, and where the tail is pooled and linear
    what it reads `clean` and `attacked`, in steps of the channel's `activation_step` (`activations.py`).
    Summary: `agreement`, `accuracy` of each mask, `stability` over seeds, `flips`, the `class_order` and
    `channel_order` that put similar ones side by side, `sentences`.

    Args:
        n: test images, from the first.
        seeds: noise seeds compared, `seed` and those that follow it.
        attack: on the whole network.
        bottleneck: the distiller.
        seed: of the attack's start, the distiller's noise and the random masks.
    Raises:
        InputError: no seed, on construction.
    """

    version: ClassVar[int] = 2

    n: int = 500
    seeds: int = 5
    attack: Attack = PGD()
    bottleneck: Bottleneck = Bottleneck()
    seed: int = 0

    def __post_init__(self) -> None:
        if self.seeds < 1:
            raise InputError(f"The split needs at least 1 seed, got {self.seeds}.")

    def __call__(self, subject: Subject, *, on_step: OnStep | None = None) -> Result:
        """A step is an image distilled."""
        model, data = subject.model, subject.first(self.n)
        rows, splits, masks, encoded = [], [], [], []
        for batch in attacked(subject, self.attack, n=self.n, seed=self.seed):
            seeds = self._splits(model, batch.x, batch.y)
            z_adv = features(model, batch.x_adv, self.bottleneck.cut)
            rows.append(self._images(batch, model, seeds, z_adv))
            splits.append(seeds[0])
            masks.append(torch.stack([split.robust for split in seeds]))
            encoded.append([pooled(model, z, self.bottleneck.cut).cpu() for z in (seeds[0].features, z_adv)])
            if on_step:
                on_step(int(batch.rows[-1]) + 1, self.n)
        over_seeds, y = torch.cat(masks, dim=1).cpu(), data.labels.cpu()
        clean, bent = (torch.cat(parts) for parts in zip(*encoded, strict=True))
        noise, variance = (
            torch.cat([getattr(split, name) for split in splits]).cpu()
            for name in ("noise_variance", "feature_variance")
        )
        channels = channel_table(over_seeds[0], clean, y, len(data.class_names))
        channels = channels.assign(**_over_seeds(over_seeds), **_mean_logs(noise, variance))
        read = {}
        if linear_tail(model, self.bottleneck.cut) is not None:
            read = {"clean": clean, "attacked": bent}
            channels = channels.assign(activation_step=steps_of(read))
        tables = {
            "channels": channels,
            "classes": self._classes(model, over_seeds[0], noise, y, len(data.class_names)),
            "images": pd.concat(rows, ignore_index=True),
        }
        said = summary(tables["images"], channels, tables["classes"], self.seeds)
        return Result(tables={**tables, TABLE: activation_table(over_seeds[0], read)}, summary=said)

    def _splits(self, model: Classifier, x: Images, y: Labels) -> list[Distilled]:
        z = features(model, x, self.bottleneck.cut)
        return [self.bottleneck.of_features(model, z, y, seed=self.seed + i) for i in range(self.seeds)]

    def _images(self, batch: AttackedBatch, model: Classifier, seeds: list[Distilled], z_adv: Features) -> pd.DataFrame:
        y, start = batch.y, int(batch.rows[0])
        split, at = seeds[0], self.bottleneck.cut
        drawn = random_mask(split.robust, generator(self.seed, "random mask", start))
        masks = {"distilled": split.robust, "random": drawn}
        table = {
            "index": batch.rows.numpy(),
            "label": y.cpu().numpy(),
            "robust_count": split.robust.sum(dim=1).cpu().numpy(),
            "spearman_variance": spearman(_log10(split.noise_variance), _log10(split.feature_variance)),
            "jaccard_variance": jaccard(split.robust, largest(split.feature_variance, split.robust.sum(dim=1))),
            "jaccard_random": jaccard(split.robust, drawn),
            "jaccard_seeds": seed_jaccard(torch.stack([one.robust for one in seeds])),
        }
        if (linear := linear_tail(model, at)) is not None:
            masks["weights"] = weight_mask(linear, y)
            table["spearman_weights"] = spearman(_log10(split.noise_variance), weight_margin(linear)[y])
            table["jaccard_weights"] = jaccard(split.robust, masks["weights"])
            table |= _flips(model, split, at)
        table |= _predictions(model, split.features, z_adv, masks, at)
        frame = pd.DataFrame(table)
        return frame.astype(dict.fromkeys(frame.select_dtypes("floating"), np.float32))  # digits that nobody reads

    def _classes(self, model: Classifier, robust: Tensor, noise: Tensor, y: Labels, k: int) -> pd.DataFrame:
        """A row a class and channel; a class without images has neither share nor noise (NaN)."""
        linear, c = linear_tail(model, self.bottleneck.cut), robust.shape[1]
        margin = torch.full((k, c), torch.nan) if linear is None else weight_margin(linear).cpu()
        of_class = [y == label for label in range(k)]
        return pd.DataFrame(
            {
                "class": np.repeat(np.arange(k), c),
                "channel": np.tile(np.arange(c), k),
                "robust_share": torch.cat([robust[rows].double().mean(dim=0) for rows in of_class]).numpy(),
                "mean_log_noise": torch.cat([_log10(noise[rows]).mean(dim=0) for rows in of_class]).numpy(),
                "weight_margin": margin.flatten().numpy(),
            }
        )


def _over_seeds(masks: Tensor) -> dict[str, NDArray[np.floating]]:
    shares = masks.double().mean(dim=1)  # (seeds, c)
    return {
        "robust_share_low": shares.amin(dim=0).numpy(),
        "robust_share_high": shares.amax(dim=0).numpy(),
        "flip_rate": flip_rate(masks).mean(dim=0).numpy(),
    }


def _mean_logs(noise: Tensor, variance: Tensor) -> dict[str, NDArray[np.floating]]:
    return {
        "mean_log_noise": _log10(noise).mean(dim=0).numpy(),
        "mean_log_variance": _log10(variance).mean(dim=0).numpy(),
    }


def _log10(values: Tensor) -> Tensor:
    return values.clamp_min(torch.finfo(torch.float32).tiny).log10()


@torch.no_grad()
def _predictions(
    model: Classifier, z: Features, z_adv: Features, masks: dict[str, Tensor], at: str | None
) -> dict[str, NDArray[np.int64]]:
    found = {}
    for images, z_of in (("clean", z), ("attacked", z_adv)):
        found[f"{images}_all"] = model.head(z_of, at).argmax(dim=1).cpu().numpy()
        for name, mask in masks.items():
            found[f"{images}_{name}"] = model.head(masked(z_of, mask), at).argmax(dim=1).cpu().numpy()
    return found


def _flips(model: Classifier, split: Distilled, at: str | None) -> dict[str, NDArray[np.int64]]:
    """For each image the smallest set whose removal changes the prediction: size, robust part, new class."""
    found: dict[str, list[int]] = {"flip_size": [], "flip_robust": [], "flip_to": []}
    for z, robust in zip(split.features, split.robust, strict=True):
        flip = smallest_flip(model, z[None], at)
        removed = [] if flip is None else list(flip.channels)
        found["flip_size"].append(len(removed))
        found["flip_robust"].append(int(robust[removed].sum()))
        found["flip_to"].append(-1 if flip is None else flip.after)
    return {name: np.asarray(column) for name, column in found.items()}
