"""A whole training as one frozen config."""

from dataclasses import dataclass, replace
from pathlib import Path

from core import store
from core.config import fingerprint
from core.datasets import DATASETS, Dataset
from core.device import Precision
from core.errors import InputError
from core.models import MODELS, Staged, build_model
from core.seeding import seeded
from core.training.augmentation import Augmentation
from core.training.checkpoint import Checkpoint
from core.training.objective import DEFENSES, Objective, build_objective
from core.training.recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class Training:
    """Everything that the weights depend on: equal values give equal weights on one CPU.

    Args:
        data: the data set's name.
        network: the network's name.
        width: factor on every number of channels.
        defense: the objective's name.
        epsilon: radius of the inner attack and of the card's test, linf, pixel units of [0, 1].
        recipe: schedule and sizes.
        augmentation: of every batch.
        seed: of weights, order, augmentation, attacks and dropout.
        warm_start: SHA-256 of the weights that the training starts from; empty starts from random ones.
        precision: of convolutions and products.
        world: number of processes; each has a share of every batch and its own batch statistics.
    Raises:
        InputError: an unknown name, on construction.
    """

    data: str
    network: str
    width: float
    defense: str
    epsilon: float
    recipe: Recipe
    augmentation: Augmentation
    seed: int
    precision: Precision
    warm_start: str = ""
    world: int = 1

    def __post_init__(self) -> None:
        for registry, name in ((DATASETS, self.data), (MODELS, self.network), (DEFENSES, self.defense)):
            registry[name]

    @property
    def folder(self) -> Path:
        """Where the run is kept."""
        return store.runs_root() / "train" / f"{self.data}-{self.network}-{self.defense}-{fingerprint(self)}"

    @property
    def checkpoint(self) -> Checkpoint:
        """The state of the run."""
        return Checkpoint(self.folder / "checkpoint.safetensors", fingerprint(self))

    def goes_on_from(self, earlier: "Training") -> bool:
        """Whether the weights of `earlier`, at the end of it, are those of this training half way.

        So where only epochs were added and the schedule does not look at how many there are.
        """
        longer = replace(earlier, recipe=replace(earlier.recipe, epochs=self.recipe.epochs))
        return self.recipe.schedule == "steps" and earlier.recipe.epochs < self.recipe.epochs and longer == self

    def objective(self) -> Objective:
        """The defense around the recipe's inner attack.

        Raises:
            InputError: an epsilon that is no radius.
        """
        recipe = self.recipe
        attack = recipe.attack(self.epsilon)
        return build_objective(self.defense, attack=attack, start=recipe.start, label_smoothing=recipe.label_smoothing)

    def fresh_model(self, data: Dataset, warm: Staged | None = None) -> Staged:
        """The network before its first step: random weights, or those of `warm`.

        Raises:
            InputError: a warm start from another network, width or number of classes.
        """
        with seeded(self.seed, "weights"):
            model = build_model(
                self.network, num_classes=len(data.class_names), image_size=data.image_size, width=self.width
            )
        if warm is not None:
            _take_weights(model, warm)
        return model


def _take_weights(model: Staged, warm: Staged) -> None:
    own, given = model.state_dict(), warm.state_dict()
    if {name: t.shape for name, t in own.items()} != {name: t.shape for name, t in given.items()}:
        raise InputError(
            "A warm start needs a model of the same network, width, image size and number of classes; choose another "
            "--warm-start, or give the --network and --width of that model."
        )
    model.load_state_dict({name: given[name].to(t) for name, t in own.items()})
