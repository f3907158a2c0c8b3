"""What Tables 1 and 2 share: attacked images read through splits, batch by batch, by one process or by many."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor

from core.analysis.attacked import BATCH, attacked_batch
from core.analysis.experiment import EXPERIMENTS, Subject
from core.analysis.kept import Piece, pieces
from core.analysis.results import Result, data_record
from core.analysis.split import features
from core.attacks import CW, FGSM, PGD, Attack, label_of
from core.config import to_dict
from core.datasets import Dataset
from core.device import Place
from core.distillation import Bottleneck
from core.errors import InputError
from core.types import Classifier, Features, Labels, OnStep

TOLERANCES = ("image", "batch")


@dataclass(frozen=True, kw_only=True)
class ByBatch(ABC):
    """Images, what attacks them, and what distills them; a table says what one batch yields and what all of them say.

    All that is drawn for an image depends on the seed and on its position, so batches can be read in any order,
    anywhere; each is kept as soon as it is read.

    Args:
        n: test images, from the first.
        attacks: on the whole network.
        bottleneck: the distiller; both tolerances are measured, whatever its own.
        seed: of the attacks' starts, the distiller's noise, wrong labels and random masks.
    Raises:
        InputError: no attack, on construction.
    """

    version: ClassVar[int]

    n: int = 1000
    attacks: tuple[Attack, ...] = (FGSM(), PGD(), CW())
    bottleneck: Bottleneck = Bottleneck()
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.attacks:
            raise InputError(f"{type(self).__name__} needs at least one attack.")

    @abstractmethod
    def read(self, subject: Subject, data: Dataset, rows: Tensor) -> Piece:
        """What the images at positions `rows` (m,) say: tensors whose first dimension is the image, on the CPU."""

    @abstractmethod
    def result(self, subject: Subject, said: Mapping[str, Tensor]) -> Result:
        """The tables, from what all n images say, in their order."""

    def __call__(self, subject: Subject, *, on_step: OnStep | None = None) -> Result:
        """A step is an image."""
        data, batches = subject.first(self.n), torch.arange(self.n).split(BATCH)
        alone = replace(subject, place=Place())  # inside a batch no process waits for another

        def counted(done: int, total: int) -> None:
            if on_step:
                on_step(min(done * BATCH, self.n), self.n)

        read = pieces(
            self._names(subject, batches), lambda i: self.read(alone, data, batches[i]),
            kept=subject.kept, place=subject.place, on_step=counted,
        )  # fmt: skip
        parts = list(read)
        return self.result(subject, {name: torch.cat([part[name] for part in parts]) for name in parts[0]})

    def seen(self, subject: Subject, data: Dataset, rows: Tensor) -> dict[str, Features]:
        """Features at the cut of the clean images at positions `rows`, and of what each attack made of them."""
        at = self.bottleneck.cut
        found = {"clean": features(subject.model, data.images[rows], at)}
        for attack in self.attacks:
            found[label_of(attack)] = features(
                subject.model, attacked_batch(subject, attack, rows, seed=self.seed).x_adv, at
            )
        return found

    @property
    def examples(self) -> list[str]:
        """What the images are: clean, or under an attack."""
        return ["clean", *map(label_of, self.attacks)]

    def _names(self, subject: Subject, batches: tuple[Tensor, ...]) -> list[str]:
        """Of the pieces; in them is all that decides what a batch says, and the other images are part of that."""
        card, kind = subject.card, EXPERIMENTS.name_of(self)
        config = [self.version, card.sha256, data_record(subject.data, self.n)["sha256"], to_dict(self), BATCH]
        digest = hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:32]
        return [f"{card.name}-{card.sha256[:12]}/{kind}-{digest}/{int(rows[0]):06d}" for rows in batches]


@torch.no_grad()
def predicted(model: Classifier, z: Features, at: str | None) -> Labels:
    """The class that the tail gives features at the cut, (m,)."""
    return model.head(z, at).argmax(dim=1)
