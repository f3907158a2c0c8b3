"""Table 2: on successfully attacked images, how often the non-robust channels say what the whole network now says."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from core.analysis.experiment import EXPERIMENTS, Subject
from core.analysis.kept import Piece
from core.analysis.paper.batches import TOLERANCES, ByBatch, predicted
from core.analysis.results import Result
from core.analysis.split import random_mask, wrong_labels
from core.datasets import Dataset
from core.distillation import masked
from core.seeding import generator
from core.statistics import fraction, paired_difference
from core.types import Features, Labels

COUNTED = ("all fooled", "right when clean")
SOURCES = ("true", "random", "wrong")
NOTHING = {"value": np.nan, "low": np.nan, "high": np.nan}


@EXPERIMENTS.register("paper-table2")
@dataclass(frozen=True, kw_only=True)
class Table2(ByBatch):
    """Distill the attacked image itself with its true label; compare its non-robust channels with the network.

    Table 2 of the NeurIPS 2021 paper: the share of images with f(x_adv) != y on which the non-robust channels of x_adv
    alone predict f(x_adv). Whether images that were misclassified when clean count is not said there: both are given.
    Beside it the same for the same number at random and for a wrong label supplied.

    Table: `cells`, a row a tolerance, source (true, random, wrong), attack and which images are `counted`: the share
    with its interval and n, the number of images counted (NaN and 0 where none was fooled). Summary: `n`, `differences`
    (true minus random on all that an attack fooled, paired, T of the image). `ByBatch` describes the arguments.
    """

    version: ClassVar[int] = 2  # every image draws its wrong label and its channels by itself

    def read(self, subject: Subject, data: Dataset, rows: Tensor) -> Piece:
        """What the network and the non-robust channels say; (m, attack, tolerance, source)."""
        at, y = self.bottleneck.cut, data.labels[rows]
        seen = self.seen(subject, data, rows)
        clean = predicted(subject.model, seen.pop("clean"), at)
        wrong = wrong_labels(y, len(data.class_names), self.seed, rows)
        found = {
            "label": y,
            "clean": clean,
            "all": torch.stack([predicted(subject.model, z, at) for z in seen.values()], dim=1),
            "nonrobust": torch.stack([self._nonrobust(subject, z, y, wrong, rows) for z in seen.values()], dim=1),
        }
        return {name: tensor.cpu() for name, tensor in found.items()}

    def _nonrobust(self, subject: Subject, z: Features, y: Labels, wrong: Labels, rows: Tensor) -> Tensor:
        """What the non-robust channels of features `z` say, (m, tolerance, source)."""
        said = []
        for tolerance in TOLERANCES:
            distiller = replace(self.bottleneck, tolerance=tolerance)  # type: ignore[arg-type]
            true, other = (
                distiller.of_features(subject.model, z, labels, seed=self.seed).robust for labels in (y, wrong)
            )
            lot = random_mask(true, [generator(self.seed, "random mask", row) for row in rows.tolist()])
            masks = (true, lot, other)
            at = self.bottleneck.cut
            said.append(torch.stack([predicted(subject.model, masked(z, ~robust), at) for robust in masks], dim=1))
        return torch.stack(said, dim=1)

    def result(self, subject: Subject, said: Mapping[str, Tensor]) -> Result:
        """The shares."""
        fooled = said["all"] != said["label"][:, None]
        agrees = said["nonrobust"] == said["all"][:, :, None, None]
        right = said["clean"] == said["label"]
        names = self.examples[1:]
        return Result(
            tables={"cells": pd.DataFrame(_cells(fooled, agrees, right, names))},
            summary={"n": self.n, "differences": list(_differences(fooled, agrees, names))},
        )


def _cells(fooled: Tensor, agrees: Tensor, right: Tensor, attacks: list[str]) -> Iterator[dict[str, Any]]:
    """Shares with their 95 % intervals, counted in both ways."""
    for a, attack in enumerate(attacks):
        for (t, tolerance), (s, source) in product(enumerate(TOLERANCES), enumerate(SOURCES)):
            for counted, images in zip(COUNTED, (fooled[:, a], fooled[:, a] & right), strict=True):
                same = agrees[images, a, t, s]
                where = {"tolerance": tolerance, "source": source, "attack": attack, "counted": counted}
                share = fraction(same) if len(same) else NOTHING
                yield {**where, "n": len(same), **{key: share[key] for key in NOTHING}}


def _differences(fooled: Tensor, agrees: Tensor, attacks: list[str]) -> Iterator[dict[str, Any]]:
    """How much more often the distilled split's channels agree than as many by lot, on the same images."""
    for a, attack in enumerate(attacks):
        same = agrees[fooled[:, a], a, TOLERANCES.index("image")].numpy()
        if len(same):
            true, lot = same[:, SOURCES.index("true")], same[:, SOURCES.index("random")]
            yield {"attack": attack, **asdict(paired_difference(true, lot))}
