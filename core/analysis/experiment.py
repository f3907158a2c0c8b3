"""What an experiment is, all of them by name, and what they are run on."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Protocol

import torch

from core.analysis.kept import Kept
from core.analysis.results import Result, first
from core.datasets import Dataset, load_dataset
from core.device import Place, resolve_device
from core.errors import InputError
from core.models import ModelCard, Staged, load_card, load_model, random_twin
from core.registry import Registry
from core.types import Images, OnStep


@dataclass(frozen=True, eq=False)
class Subject:
    """What an experiment is run on.

    Args:
        card: of the model.
        model: in eval mode, on the device to compute on.
        data: test images, wherever they lie, with labels in the order of the model's classes.
        place: this process among several that do the same.
        kept: where what is half done is kept, and found again; None keeps nothing.
    """

    card: ModelCard
    model: Staged
    data: Dataset
    place: Place = Place()
    kept: Kept | None = None

    @classmethod
    def load(cls, name: str, root: Path | None = None, device: str = "auto", *, data: str | None = None) -> "Subject":
        """A model by name or path, on the device, and test images of the data set it was trained on.

        Args:
            name: of the model, or the path of its card.
            root: folder of the data sets.
            device: auto takes CUDA where there is one.
            data: another data set.
        Raises:
            InputError: what cannot be loaded; classes that the model does not know, or images of another size.
        """
        card = load_card(name)
        images = matched(load_dataset(data or card.data, "test", root), card)
        return cls(card, load_model(name, resolve_device(device)), images)

    @cached_property
    def twin(self) -> Staged:
        """The same network with random weights, on the same device: what every claim about weights is compared with."""
        return random_twin(self.card).to(self.device)

    @property
    def device(self) -> torch.device:
        """Of the model."""
        return next(self.model.parameters()).device

    def first(self, n: int) -> Dataset:
        """The first `n` images, on the model's device. Raises InputError where there are fewer, or n is below 1."""
        data = first(self.data, n)
        return replace(data, images=data.images.to(self.device), labels=data.labels.to(self.device))

    def image(self, index: int) -> tuple[Images, int]:
        """One test image (1, c, h, w) on the model's device, and its label. Raises InputError past the end."""
        last = len(self.data) - 1
        if not 0 <= index <= last:
            raise InputError(
                f"The test set of {self.data.name} has images 0 to {last}, got {index}; choose one of them."
            )
        return self.data.images[index : index + 1].to(self.device), int(self.data.labels[index])


def matched(data: Dataset, card: ModelCard) -> Dataset:
    """The data with labels in the order of the model's classes, which are found by name; some may have no image.

    Raises:
        InputError: a class that the model does not know, or images of another size.
    """
    if data.image_size != card.image_size:
        raise InputError(
            f"{card.name} takes images of {card.image_size} pixels, but those of {data.name} have {data.image_size}; "
            f"choose a model of {data.name}."
        )
    if data.class_names == card.class_names:
        return data
    if unknown := [name for name in data.class_names if name not in card.class_names]:
        raise InputError(
            f"{card.name} knows the classes {_listed(card.class_names)}, but {data.name} has {_listed(unknown)} beside "
            f"or instead of them; choose a model of {data.name}, or leave out what it does not know."
        )
    places = torch.tensor([card.class_names.index(name) for name in data.class_names])
    return replace(data, labels=places[data.labels], class_names=card.class_names)


def _listed(names: tuple[str, ...] | list[str], most: int = 5) -> str:
    """The first names; a list of two hundred helps nobody."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


class Experiment(Protocol):
    """A frozen dataclass, called on a subject: its fields are options, form and fingerprint.

    Args:
        version: changes when equal fields begin to give other numbers; part of the fingerprint.
        n: test images that are read, from the first.
        seed: of everything that is drawn by lot.
    """

    version: ClassVar[int]

    @property
    def n(self) -> int: ...

    @property
    def seed(self) -> int: ...

    def __call__(self, subject: Subject, *, on_step: OnStep | None = None) -> Result: ...


EXPERIMENTS: Registry[type[Experiment]] = Registry("experiment")
