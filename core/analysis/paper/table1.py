"""Table 1: accuracy from all, robust and non-robust channels, clean and attacked, beside what tests its reading."""

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from core.analysis.agreement import jaccard
from core.analysis.explain import features
from core.analysis.paper.index_sources import SOURCES, indices
from core.analysis.results import Findings
from core.analysis.survey import BATCH
from core.attacks import ATTACKS, CW, FGSM, PGD, Attack, label_of
from core.attacks.outcome import accuracy
from core.datasets import Dataset
from core.distillation import Bottleneck, masked
from core.seeding import generator
from core.types import Classifier, Features, InputError, Labels, OnStep

TOLERANCES = ("image", "batch")
Masks = dict[tuple[str, str], list[Tensor]]  # of every batch, by tolerance and source
KEYS = ["tolerance", "source", "example", "side"]


@dataclass(frozen=True, kw_only=True)
class Attacked:
    """What Tables 1 and 2 share: images, what attacks them, and what distills them.

    Args:
        n: test images, from the first.
        attacks: on the whole network.
        bottleneck: the distiller; both tolerances are measured, whatever its own.
        seed: of the attacks' starts, the distiller's noise, wrong labels and random masks.
    Raises:
        InputError: no attack, on construction.
    """

    n: int = 1000
    attacks: tuple[Attack, ...] = (FGSM(), PGD(), CW())
    bottleneck: Bottleneck = Bottleneck()
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.attacks:
            raise InputError(f"{type(self).__name__} needs at least one attack.")


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
    splits, mean overlap (Jaccard) with the true label's split. `Attacked` describes the arguments.
    """

    def __call__(
        self, model: Classifier, dataset: Dataset, *, twin: Classifier | None = None, on_step: OnStep | None = None
    ) -> Findings:
        """Run on `model` in eval mode; `twin` is not used."""
        rows: list[pd.DataFrame] = []
        masks: Masks = defaultdict(list)
        for start in range(0, self.n, BATCH):
            part = slice(start, min(start + BATCH, self.n))
            rows += self._batch(model, dataset, part, masks)
            if on_step:
                on_step(part.stop, self.n)
        said = pd.concat(rows, ignore_index=True)
        return Findings(
            tables={"cells": cells(said), "masks": mask_table(masks)},
            summary={"n": self.n, "sources": SOURCES, "examples": list(said["example"].unique())},
        )

    def _batch(self, model: Classifier, dataset: Dataset, part: slice, masks: Masks) -> list[pd.DataFrame]:
        y, at = dataset.labels[part], self.bottleneck.cut
        examples = attacked_features(model, dataset, part, self.attacks, at, self.seed)
        rows = [hits("", "none", "all", name, y, y, predicted(model, z, at)) for name, z in examples.items()]
        for tolerance in TOLERANCES:
            distiller = replace(self.bottleneck, tolerance=tolerance)  # type: ignore[arg-type]
            found = indices(model, examples["clean"], y, distiller, seed=self.seed, start=part.start)
            for source, index in found.items():
                masks[tolerance, source].append(index.robust.cpu())
                for name, z in examples.items():
                    for side, keep in (("robust", index.robust), ("nonrobust", ~index.robust)):
                        said = predicted(model, masked(z, keep), at)
                        rows.append(hits(tolerance, source, side, name, y, index.supplied, said))
        return rows


def attacked_features(
    model: Classifier, dataset: Dataset, part: slice, attacks: tuple[Attack, ...], at: str | None, seed: int
) -> dict[str, Features]:
    """Features at the cut of the clean images of a batch, and of what each attack made of them, by its name.

    An image's random start depends on the seed, the attack and its own position, so not on the batch.
    """
    x, y = dataset.images[part], dataset.labels[part]
    found = {"clean": features(model, x, at)}
    for attack in attacks:
        draws = [generator(seed, ATTACKS.name_of(attack), row) for row in range(part.start, part.stop)]
        found[label_of(attack)] = features(model, attack(model, x, y, generator=draws), at)
    return found


@torch.no_grad()
def predicted(model: Classifier, z: Features, at: str | None) -> Labels:
    """The class that the tail gives features at the cut, (n,)."""
    return model.head(z, at).argmax(dim=1)


def hits(
    tolerance: str, source: str, side: str, example: str, y: Labels, supplied: Labels, said: Labels
) -> pd.DataFrame:
    """One row an image: whether what was said is the true label, and the supplied one."""
    found = pd.DataFrame({"true": (said == y).cpu().numpy(), "supplied": (said == supplied).cpu().numpy()})
    return found.assign(tolerance=tolerance, source=source, example=example, side=side)


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


def mask_table(masks: Masks) -> pd.DataFrame:
    """What each source's split looks like beside the true label's."""
    whole = {key: torch.cat(parts) for key, parts in masks.items()}
    rows = []
    for (tolerance, source), mask in whole.items():
        overlap = jaccard(mask, whole[tolerance, "true"])
        rows.append(
            {
                "tolerance": tolerance,
                "source": source,
                "robust_share": float(mask.double().mean()),
                "empty": float((~mask.any(dim=1)).double().mean()),
                "overlap": float(np.nanmean(overlap)) if np.isfinite(overlap).any() else float("nan"),
            }
        )
    return pd.DataFrame(rows)
