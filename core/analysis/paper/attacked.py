"""What Tables 1 and 2 share: attacked images read through splits, batch by batch, by one process or by many."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd
import torch
from torch import distributed

from core.analysis.experiment import Subject
from core.analysis.paper.parts import Parts, Rows
from core.analysis.results import Result, data_record
from core.analysis.split import BATCH, features
from core.attacks import ATTACKS, CW, FGSM, PGD, Attack, label_of
from core.config import fingerprint
from core.datasets import Dataset
from core.distillation import Bottleneck
from core.errors import InputError
from core.seeding import generator
from core.types import Classifier, Features, Labels, OnStep

TOLERANCES = ("image", "batch")


@dataclass(frozen=True, kw_only=True)
class Attacked(ABC):
    """Images, what attacks them, and what distills them; a table says what one batch yields and what all of them say.

    All that is drawn for a batch depends on the seed and on the position of its images, so batches can be computed in
    any order, anywhere.

    Args:
        n: test images, from the first.
        attacks: on the whole network.
        bottleneck: the distiller; both tolerances are measured, whatever its own.
        seed: of the attacks' starts, the distiller's noise, wrong labels and random masks.
    Raises:
        InputError: no attack, on construction.
    """

    version: ClassVar[int] = 1
    yields: ClassVar[tuple[str, ...]]  # names of what a batch yields

    n: int = 1000
    attacks: tuple[Attack, ...] = (FGSM(), PGD(), CW())
    bottleneck: Bottleneck = Bottleneck()
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.attacks:
            raise InputError(f"{type(self).__name__} needs at least one attack.")

    @abstractmethod
    def rows(self, model: Classifier, dataset: Dataset, part: slice) -> Rows:
        """What the images of one batch say, a row or more for each, by the names of `yields`."""

    @abstractmethod
    def findings(self, rows: Rows) -> Result:
        """The result, from the rows of all batches in the order of the images."""

    def __call__(self, subject: Subject, *, on_step: OnStep | None = None) -> Result:
        """A step is an image. Every batch is kept as soon as it is done, and found again."""
        data, parts, found = subject.first(self.n), Parts(self.kept(subject), self.yields), []
        if subject.kept is not None and subject.kept.fresh and subject.place.leads:
            parts.drop()
        if subject.place.world > 1:
            self._share(subject, data, parts, on_step)
        for part in self._batches():
            rows = parts.load(part.start)
            if rows is None:
                rows = self.rows(subject.model, data, part)
                parts.save(part.start, rows)
            found.append(rows)
            if on_step:
                on_step(part.stop, self.n)
        return self.findings(
            {name: pd.concat([rows[name] for rows in found], ignore_index=True) for name in self.yields}
        )

    def kept(self, subject: Subject) -> Path | None:
        """The folder of the batches: one for weights, images and config; None where nothing is kept."""
        if subject.kept is None:
            return None
        card, data = subject.card, data_record(subject.data, self.n)
        return subject.kept.folder / "paper" / f"{card.name}-{fingerprint(card.sha256, data, self)}"

    def _share(self, subject: Subject, data: Dataset, parts: Parts, on_step: OnStep | None) -> None:
        """Do the batches that are not kept yet together with the other processes, and wait for all of them.

        The leading process says which these are, so that all take turns at one list, and what was stopped half way is
        shared as evenly as what begins. Then all of it is found, provided that the processes see one folder.
        """
        place = subject.place
        missing = [part for part in self._batches() if parts.load(part.start) is None] if place.leads else []
        told = [missing]
        distributed.broadcast_object_list(told)
        for turn, part in enumerate(told[0]):
            if turn % place.world == place.rank:
                parts.save(part.start, self.rows(subject.model, data, part))
            if on_step:
                on_step(part.stop, self.n)
        distributed.barrier()

    def _batches(self) -> Iterator[slice]:
        for start in range(0, self.n, BATCH):
            yield slice(start, min(start + BATCH, self.n))


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
