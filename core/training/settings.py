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

    None is what the recipe or the data set say.

    Args:
        data: data set, see `python -m core data`.
        classes: that the data set must have, as a Tiny-ImageNet folder may hold some of the 200; by default any number.
        network: by its registered name, vgg16 by default.
        defense: by its registered name, standard (none) by default; adv is adversarial training, trades and mart are of
            their own papers, trades-released and mart-released as the distillation paper's code has them.
        recipe: paper (60 epochs, PGD-10, default), or fast (one cycle, single-step attack).
        width: factor on every number of channels, by default 1.
        epochs: passes over the training set.
        batch_size: images a step, over all processes together.
        learning_rate: the first of the paper recipe, the highest of the fast one.
        weight_decay: of SGD.
        label_smoothing: share of the target spread evenly over the classes.
        epsilon: radius of the attack, linf, pixel units of [0, 1], or 8/255; by default what suits the data set.
        attack_steps: of the attack inside the training.
        attack_step: size of one of them, in radii of the attack.
        warmup_epochs: first epochs without attack, on easier images where the data set has some (shapes).
        ramp_epochs: epochs after those in which epsilon grows from 0.
        crop_padding: pixels by which training images move at most.
        flip: mirror half of the training images.
        warm_start: a model, by name or path, whose weights the training starts from; by default they are random.
        seed: of everything random, by default 0.
        precision: fp32, bf16, or auto (default): bf16 on CUDA, fp32 on a CPU.
        compile: let torch.compile fuse the network; pays on long trainings.
        name: of the model; by default that of an unchanged cell, else <data>-<network>-<defense>.
        half: store the weights in half precision even where that changes a prediction; the card says how many.
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
