"""Table 2: on successfully attacked images, how often the non-robust channels say what the whole network now says."""

from dataclasses import dataclass, replace

import pandas as pd
import torch

from core.analysis.experiment import EXPERIMENTS
from core.analysis.paper.attacked import TOLERANCES, Attacked, attacked_features, predicted
from core.analysis.paper.parts import Rows
from core.analysis.results import Result
from core.analysis.split import random_mask, wrong_labels
from core.datasets import Dataset
from core.distillation import masked
from core.seeding import generator
from core.statistics import accuracy
from core.types import Classifier, Features, Labels

COUNTED = ("all fooled", "right when clean")


@EXPERIMENTS.register("paper-table2")
@dataclass(frozen=True, kw_only=True)
class Table2(Attacked):
    """Distill the attacked image itself with its true label; compare its non-robust channels with the network.

    Table 2 of the NeurIPS 2021 paper: the share of images with f(x_adv) != y on which the non-robust channels of x_adv
    alone predict f(x_adv). Whether images that were misclassified when clean count is not said there: both are given.
    Beside it the same for as many channels by lot and for a wrong label supplied.

    Table: `cells`, a row a tolerance, source (true, random, wrong), attack and which images are `counted`: the share
    with its interval and n, the number of images counted (NaN and 0 where none was fooled). `Attacked`
    describes the arguments.
    """

    yields = ("agreement",)

    def rows(self, model: Classifier, dataset: Dataset, part: slice) -> Rows:
        """Whether the attack fooled the network, and whether the non-robust channels say what it now says."""
        y, at = dataset.labels[part], self.bottleneck.cut
        examples = attacked_features(model, dataset, part, self.attacks, at, self.seed)
        right = predicted(model, examples.pop("clean"), at) == y
        found = [self._agreement(model, z, y, right, name, part.start) for name, z in examples.items()]
        return {"agreement": pd.concat(found, ignore_index=True)}

    def findings(self, rows: Rows) -> Result:
        """The shares."""
        return Result(tables={"cells": cells(rows["agreement"])}, summary={"n": self.n})

    def _agreement(
        self, model: Classifier, z: Features, y: Labels, right: torch.Tensor, attack: str, start: int
    ) -> pd.DataFrame:
        at, said = self.bottleneck.cut, predicted(model, z, self.bottleneck.cut)
        wrong = wrong_labels(y.cpu(), model.head(z[:1], at).shape[1], self.seed + start).to(y.device)
        rows = []
        for tolerance in TOLERANCES:
            distiller = replace(self.bottleneck, tolerance=tolerance)  # type: ignore[arg-type]
            true = distiller.of_features(model, z, y, seed=self.seed).robust
            masks = {"true": true, "random": random_mask(true, generator(self.seed, "random mask", start))}
            masks["wrong"] = distiller.of_features(model, z, wrong, seed=self.seed).robust
            for source, robust in masks.items():
                agrees = predicted(model, masked(z, ~robust), at) == said
                columns = {"fooled": said != y, "right": right, "agrees": agrees}
                row = pd.DataFrame({name: column.cpu().numpy() for name, column in columns.items()})
                rows.append(row.assign(tolerance=tolerance, source=source, attack=attack))
        return pd.concat(rows, ignore_index=True)


def cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Shares with their 95 % intervals, counted in both ways."""
    keys, table = ["tolerance", "source", "attack"], []
    for key, group in rows.groupby(keys, sort=False):
        fooled = group[group["fooled"]]
        for counted, images in zip(COUNTED, (fooled, fooled[fooled["right"]]), strict=True):
            row = {**dict(zip(keys, key, strict=True)), "counted": counted, "n": len(images)}
            if len(images):
                share = accuracy(int(images["agrees"].sum()), len(images))
                row |= {"value": share.value, "low": share.low, "high": share.high}
            table.append(row)
    return pd.DataFrame(table, columns=[*keys, "counted", "n", "value", "low", "high"])
