"""Table 1: accuracy from all, robust and non-robust channels, clean and attacked, beside what tests its reading."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import combinations, product
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.analysis.channels.agreement import jaccard
from core.analysis.echo import echoes
from core.analysis.experiment import EXPERIMENTS, Subject
from core.analysis.kept import Piece
from core.analysis.paper.batches import TOLERANCES, ByBatch, predicted
from core.analysis.paper.sources import LINEAR, SOURCES, Split, Splitter
from core.analysis.results import Result
from core.analysis.split import linear_tail
from core.datasets import Dataset
from core.distillation import masked
from core.sides import SIDES
from core.statistics import fraction, paired_difference
from core.types import Features, Labels

NOTHING = {"value": np.nan, "low": np.nan, "high": np.nan, "n": 0}  # a share of no image
LEFT_OUT = -1  # instead of a class, where an image has no such split
Said = dict[str, NDArray[Any]]


@EXPERIMENTS.register("paper-table1")
@dataclass(frozen=True, kw_only=True)
class Table1(ByBatch):
    """Split the channels by the clean image; read clean and attacked images through that split.

    Table 1 of "Distilling Robust and Non-Robust Features in Adversarial Examples by Information Bottleneck", NeurIPS
    2021, with two thresholds (T of the image, T of the batch of 100) and, beside the true label's split, those of eight
    other sources (`core.analysis.paper.sources.SOURCES`). Every image is attacked, also one misclassified from the
    start, as in the paper; the attack is on the whole network.

    Tables: `cells`, a row a tolerance, source, example (clean or attack), side and what is scored `against`: the share
    of images on which that side says the "true" label, and on which it says the "supplied" one (of the robust side its
    echo, see `core.analysis.echo`), with intervals; side "all" is the network itself (source "none"); `masks`, a row a
    tolerance and source: mean share of robust channels, share of empty splits, mean overlap (Jaccard) with the true
    label's split; `standing`, a row an example: what its non-robust side (true label, T of the image) is right on. An
    image for which a source has no split is not among its n. Summary: `n`, `sources`, `examples`, `differences` (the
    same non-robust side's shares `before` and `after`, paired). `ByBatch` describes the arguments.
    """

    version: ClassVar[int] = 2  # the split of another image is never the image's own; every image draws by itself

    def read(self, subject: Subject, data: Dataset, rows: Tensor) -> Piece:
        """What each side says, and what each image's splits look like; (m, tolerance, source, example, side)."""
        at, y = self.bottleneck.cut, data.labels[rows]
        seen = self.seen(subject, data, rows)
        said, sizes, overlaps = [], [], []
        for tolerance in TOLERANCES:
            distiller = replace(self.bottleneck, tolerance=tolerance)  # type: ignore[arg-type]
            splits = Splitter(subject.model, data, distiller, self.seed).splits(rows, seen["clean"])
            said.append(torch.stack([_sides(subject, split, seen, at) for split in splits.values()], dim=1))
            sizes.append(torch.stack([split.robust.sum(dim=1) for split in splits.values()], dim=1))
            overlaps.append(np.stack([jaccard(split.robust, splits["true"].robust) for split in splits.values()], 1))
        found = {
            "label": y,
            "all": torch.stack([predicted(subject.model, z, at) for z in seen.values()], dim=1),
            "sides": torch.stack(said, dim=1),
            "robust": torch.stack(sizes, dim=1),
            "overlap": torch.from_numpy(np.stack(overlaps, axis=1)),
            "supplied": torch.stack([split.supplied for split in splits.values()], dim=1),
            "there": torch.stack([split.there for split in splits.values()], dim=1),
            "channels": torch.full_like(y, seen["clean"].shape[1]),
        }
        return {name: tensor.cpu() for name, tensor in found.items()}

    def result(self, subject: Subject, said: Mapping[str, Tensor]) -> Result:
        """The shares, and what the splits look like on average."""
        linear = linear_tail(subject.model, self.bottleneck.cut) is not None
        sources = [source for source in SOURCES if linear or source not in LINEAR]
        found = {name: tensor.numpy() for name, tensor in said.items()}
        right = found["all"] == found["label"][:, None]
        other = found["sides"][:, 0, 0, :, 1] == found["label"][:, None]
        return Result(
            tables={
                "cells": pd.DataFrame(_cells(found, sources, self.examples)),
                "masks": pd.DataFrame(_masks(found, sources)),
                "standing": standing(right, other, self.examples),
            },
            summary={
                "n": self.n,
                "sources": SOURCES,
                "examples": self.examples,
                "differences": _differences(other, self.examples),
            },
        )


def _sides(subject: Subject, split: Split, seen: Mapping[str, Features], at: str | None) -> Labels:
    """What both sides of a split say of every example, (m, example, side)."""
    said = [
        torch.stack([predicted(subject.model, masked(z, keep), at) for keep in (split.robust, ~split.robust)], dim=1)
        for z in seen.values()
    ]
    return torch.stack(said, dim=1).where(split.there[:, None, None], LEFT_OUT)


def _cells(said: Said, sources: list[str], examples: list[str]) -> Iterator[dict[str, Any]]:
    """Shares with their 95 % intervals."""
    y = said["label"]
    for e, example in enumerate(examples):
        share = fraction(said["all"][:, e] == y)
        for against in ("true", "supplied"):
            yield _cell("", "none", example, "all", against, share)
    for (t, tolerance), (s, source) in product(enumerate(TOLERANCES), enumerate(sources)):
        there = said["there"][:, s]
        size, supplied = said["robust"][there, t, s], said["supplied"][there, s]
        for (e, example), (side, name) in product(enumerate(examples), enumerate(SIDES)):
            labels = said["sides"][there, t, s, e, side]
            again = echoes(labels, supplied, size) if name == "robust" else labels == supplied
            for against, holds in (("true", labels == y[there]), ("supplied", again)):
                yield _cell(tolerance, source, example, name, against, fraction(holds) if len(holds) else NOTHING)


def _cell(
    tolerance: str, source: str, example: str, side: str, against: str, share: Mapping[str, Any]
) -> dict[str, Any]:
    where = {"tolerance": tolerance, "source": source, "example": example, "side": side, "against": against}
    return {**where, **{key: share[key] for key in NOTHING}}


def _masks(said: Said, sources: list[str]) -> Iterator[dict[str, Any]]:
    """What each source's split looks like beside the true label's."""
    for (t, tolerance), (s, source) in product(enumerate(TOLERANCES), enumerate(sources)):
        there = said["there"][:, s]
        size, overlap = said["robust"][there, t, s], said["overlap"][there, t, s]
        yield {
            "tolerance": tolerance,
            "source": source,
            "robust_share": float(size.sum() / said["channels"][there].sum()) if len(size) else np.nan,
            "empty": float((size == 0).mean()) if len(size) else np.nan,
            "overlap": float(np.nanmean(overlap)) if np.isfinite(overlap).any() else np.nan,
        }


def standing(right: NDArray[np.bool_], other: NDArray[np.bool_], examples: list[str]) -> pd.DataFrame:
    """On which images the non-robust side is right, a row an example.

    Where the tail is linear behind its pooling, the logits of the two sides add up to the network's and its bias once
    more. So where both sides say y, the network does too, but for that bias; that is not assumed here, but counted.

    Args:
        right: whether the network is right, (n, example), the first of which is clean.
        other: whether the non-robust side is.
    Returns:
        `right`, share of the images that the network has right; of these, `nonrobust`, the share that the non-robust
        side has right too, and `before`, the share that it has right when they are clean; `turned`, the share that it
        has right of all others. NaN is a share of no image.
    """
    rows = []
    for e, name in enumerate(examples):
        own, before, now = right[:, e], other[:, 0], other[:, e]
        of_right = {"nonrobust": _mean(now[own]), "before": _mean(before[own])}
        rows.append({"example": name, "right": _mean(own), **of_right, "turned": _mean(now[~own])})
    return pd.DataFrame(rows)


def _mean(holds: NDArray[np.bool_]) -> float:
    return float(holds.mean()) if len(holds) else float("nan")


def _differences(other: NDArray[np.bool_], examples: list[str]) -> list[dict[str, Any]]:
    """Of the non-robust side's shares on the same images under every two examples."""
    return [
        {"before": examples[a], "after": examples[b], **asdict(paired_difference(other[:, a], other[:, b]))}
        for a, b in combinations(range(len(examples)), 2)
    ]
