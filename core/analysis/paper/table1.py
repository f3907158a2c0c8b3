"""Table 1: accuracy from all, robust and non-robust channels, clean and attacked, beside what tests its reading."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from core.analysis.channels.agreement import jaccard
from core.analysis.experiment import EXPERIMENTS
from core.analysis.paper.attacked import TOLERANCES, Attacked, attacked_features, predicted
from core.analysis.paper.index_sources import SOURCES, indices
from core.analysis.paper.parts import Rows
from core.analysis.results import Result
from core.datasets import Dataset
from core.distillation import masked
from core.statistics import accuracy
from core.types import Classifier, Labels

KEYS = ["tolerance", "source", "example", "side"]


@EXPERIMENTS.register("paper-table1")
@dataclass(frozen=True, kw_only=True)
class Table1(Attacked):
    """Split the channels by the clean image; read clean and attacked images through that split.

    Table 1 of "Distilling Robust and Non-Robust Features in Adversarial Examples by Information Bottleneck", NeurIPS
    2021, with two thresholds (T of the image, T of the batch of 100) and, beside the true label's split, those of eight
    other sources (`core.analysis.paper.index_sources.SOURCES`). Every image is attacked, also one misclassified from
    the start, as in the paper; the attack is on the whole network.

    Tables: `cells`, a row a tolerance, source, example (clean or attack) and side: the share of images on which that
    side says the `true` label and the share on which it says the `supplied` one, with intervals; side "all" is the
    network itself (source "none"); `masks`, a row a tolerance and source: mean share of robust channels, share of empty
    splits, mean overlap (Jaccard) with the true label's split; `standing`, a row an example: what its non-robust side
    (true label, T of the image) is right on. `Attacked` describes the arguments.
    """

    yields = ("said", "masks")

    def rows(self, model: Classifier, dataset: Dataset, part: slice) -> Rows:
        """Whether each side says the true and the supplied label, and what each image's splits look like."""
        y, at = dataset.labels[part], self.bottleneck.cut
        examples = attacked_features(model, dataset, part, self.attacks, at, self.seed)
        said = [hits("", "none", "all", name, y, y, predicted(model, z, at)) for name, z in examples.items()]
        masks = []
        for tolerance in TOLERANCES:
            distiller = replace(self.bottleneck, tolerance=tolerance)  # type: ignore[arg-type]
            found = indices(model, examples["clean"], y, distiller, seed=self.seed, start=part.start)
            for source, index in found.items():
                masks.append(mask_rows(tolerance, source, index.robust, found["true"].robust))
                for name, z in examples.items():
                    for side, keep in (("robust", index.robust), ("nonrobust", ~index.robust)):
                        labels = predicted(model, masked(z, keep), at)
                        said.append(hits(tolerance, source, side, name, y, index.supplied, labels))
        return {"said": pd.concat(said, ignore_index=True), "masks": pd.concat(masks, ignore_index=True)}

    def findings(self, rows: Rows) -> Result:
        """The shares, and what the splits look like on average."""
        examples = list(rows["said"]["example"].unique())
        return Result(
            tables={
                "cells": cells(rows["said"]),
                "masks": mask_table(rows["masks"]),
                "standing": standing(rows["said"], examples),
            },
            summary={"n": self.n, "sources": SOURCES, "examples": examples},
        )


def hits(
    tolerance: str, source: str, side: str, example: str, y: Labels, supplied: Labels, said: Labels
) -> pd.DataFrame:
    """One row an image: whether what was said is the true label, and the supplied one."""
    found = pd.DataFrame({"true": (said == y).cpu().numpy(), "supplied": (said == supplied).cpu().numpy()})
    return found.assign(tolerance=tolerance, source=source, example=example, side=side)


def mask_rows(tolerance: str, source: str, robust: Tensor, true: Tensor) -> pd.DataFrame:
    """One row an image: how many of its channels a split (n, c) finds robust, and its overlap with the true label's.

    The overlap (Jaccard) is NaN where both splits are empty.
    """
    columns = {"robust": robust.sum(dim=1).cpu().numpy(), "overlap": jaccard(robust, true)}
    return pd.DataFrame(columns).assign(channels=robust.shape[1], tolerance=tolerance, source=source)


def cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Shares with their 95 % intervals: a row a tolerance, source, example, side and what is scored against."""
    table = []
    for key, group in rows.groupby(KEYS, sort=False):
        for against in ("true", "supplied"):
            share = accuracy(int(group[against].sum()), len(group))
            row = dict(zip(KEYS, key, strict=True))
            span = {"value": share.value, "low": share.low, "high": share.high, "n": share.n}
            table.append({**row, "against": against, **span})
    return pd.DataFrame(table)


def standing(rows: pd.DataFrame, examples: list[str]) -> pd.DataFrame:
    """On which images the non-robust side is right, a row an example.

    The tail is linear behind its pooling, so the logits of the two sides add up to the network's (and one more bias):
    where both say y, so does the network. A non-robust side is thus right on images that the network has right or that
    the robust side has wrong.

    Columns: `right`, share of the images that the network has right; of these, `nonrobust`, the share that the
    non-robust side has right too, and `before`, the share that it has right when they are clean; `turned`, the share
    that it has right of all others. NaN is a share of no image.
    """
    said = {key: group["true"].to_numpy() for key, group in rows.groupby(KEYS, sort=False)}
    table, before = [], said["image", "true", examples[0], "nonrobust"]
    for name in examples:
        right, other = said["", "none", name, "all"], said["image", "true", name, "nonrobust"]
        of_right = {"nonrobust": _mean(other[right]), "before": _mean(before[right])}
        table.append({"example": name, "right": _mean(right), **of_right, "turned": _mean(other[~right])})
    return pd.DataFrame(table)


def _mean(said: NDArray[np.bool_]) -> float:
    return float(said.mean()) if len(said) else float("nan")


def mask_table(rows: pd.DataFrame) -> pd.DataFrame:
    """What each source's split looks like beside the true label's."""
    table = []
    for (tolerance, source), images in rows.groupby(["tolerance", "source"], sort=False):
        overlap = images["overlap"].to_numpy()
        table.append(
            {
                "tolerance": tolerance,
                "source": source,
                "robust_share": float(images["robust"].sum() / images["channels"].sum()),
                "empty": float((images["robust"] == 0).mean()),
                "overlap": float(np.nanmean(overlap)) if np.isfinite(overlap).any() else float("nan"),
            }
        )
    return pd.DataFrame(table)
