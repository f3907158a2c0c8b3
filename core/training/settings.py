"""What a person may say of a training, by name; the rest comes from the recipe and the data set."""

import dataclasses
import shlex
from dataclasses import dataclass
from typing import Any

from core.datasets import DATASETS
from core.device import Place
from core.errors import InputError
from core.models import load_card
from core.models.card import NAME
from core.training.augmentation import augmentation_for
from core.training.recipe import RECIPES, require
from core.training.training import Training


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The options of `python -m core train` that change a weight, or how weights are stored and called.

    None is what the recipe or the data set say. `python -m core train --help` explains each.

    Raises:
        InputError: a name that no model may have, or fewer than two classes, on construction.
    """

    data: str
    classes: int | None = None
    network: str = "vgg16"
    defense: str = "standard"
    recipe: str = "paper"
    width: float = 1.0
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    weight_decay: float | None = None
    label_smoothing: float | None = None
    epsilon: float | None = None
    attack_steps: int | None = None
    attack_step: float | None = None
    warmup_epochs: int | None = None
    ramp_epochs: int | None = None
    crop_padding: int | None = None
    flip: bool | None = None
    warm_start: str | None = None
    seed: int = 0
    precision: str = "auto"
    compile: bool = False
    name: str | None = None
    half: bool = False

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.model):
            came = repr(self.model[:80])
            raise InputError(f"A model's name is made of letters, digits, dots, dashes and underscores, got {came}.")
        require(self.classes is None or self.classes >= 2, "classes", "at least 2", self.classes)

    @property
    def model(self) -> str:
        """The name of the model that comes out."""
        return self.name or f"{self.data}-{self.network}-{self.defense}"

    @property
    def command(self) -> str:
        """A command that trains the same network whatever the table of cells says; folders and devices are left out."""
        words = ["python", "-m", "core", "train"]
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value == field.default:
                continue
            words.append(f"--{field.name.replace('_', '-')}")
            if field.default is not False:  # a flag is given without a value
                words.append(str(value))
        return shlex.join(words)

    def training(self, place: Place) -> Training:
        """The training with all of its numbers, on as many processes and in the precision of `place`.

        Raises:
            InputError: an unknown name, or a number outside its range.
        """
        recipe = overridden(RECIPES[self.recipe](self.defense), dataclasses.asdict(self))
        moved = {"padding": self.crop_padding, "flip": self.flip}
        return Training(
            data=self.data,
            network=self.network,
            width=self.width,
            defense=self.defense,
            epsilon=DATASETS[self.data].info.epsilon if self.epsilon is None else self.epsilon,
            recipe=recipe,
            augmentation=overridden(augmentation_for(self.data), moved),
            seed=self.seed,
            warm_start="" if self.warm_start is None else load_card(self.warm_start).sha256,
            precision=place.precision,
            world=place.world,
        )


def overridden(value: Any, said: dict[str, Any]) -> Any:
    """The dataclass with those of its fields that are said; None is not said."""
    names = {field.name for field in dataclasses.fields(value)}
    return dataclasses.replace(value, **{k: v for k, v in said.items() if k in names and v is not None})
