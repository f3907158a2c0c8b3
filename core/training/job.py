"""A whole training as one frozen config."""

from dataclasses import dataclass
from pathlib import Path

from core import store
from core.config import fingerprint, to_dict
from core.datasets import DATASETS, Dataset, load_dataset
from core.datasets.shapes import SEEDS, draw_shapes
from core.device import Place, Precision
from core.errors import InputError
from core.models import MODELS, Staged, build_model
from core.seeding import seeded
from core.training.augmentation import Augmentation
from core.training.checkpoint import Checkpoint
from core.training.loop import fit
from core.training.metrics import MetricsLog
from core.training.objective import DEFENSES, Objective, build_objective
from core.training.recipe import Recipe
from core.types import OnStep


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


def train(
    training: Training,
    place: Place,
    *,
    warm: Staged | None = None,
    root: Path | None = None,
    classes: int | None = None,
    resume: bool = False,
    on_step: OnStep | None = None,
) -> Staged:
    """Run the training, or what is left of it. The leading process keeps config, metrics and checkpoint in the folder.

    Args:
        training: the config.
        place: device and share of the work.
        warm: the network whose weights have the hash `training.warm_start`; None starts from random ones.
        root: folder of the data sets.
        classes: that the data must have; None takes what is there.
        resume: go on from the checkpoint where there is one.
        on_step: called as `on_step(done, total)`.
    Raises:
        InputError: what is unknown, is not there or does not fit, in one sentence.
    """
    objective = training.objective()
    data = load_dataset(training.data, "train", root)
    if classes not in (None, len(data.class_names)):
        raise InputError(
            f"Expected {classes} classes of {training.data}, got {len(data.class_names)}; change what lies in the data "
            "root, or --classes."
        )
    model = training.fresh_model(data, warm)
    if place.leads:
        store.write_json(training.folder / "config.json", to_dict(training))
    fit(
        model,
        objective,
        data,
        training.recipe,
        seed=training.seed,
        augmentation=training.augmentation,
        warmup=easier(data) if training.recipe.warmup_epochs else None,
        place=place,
        checkpoint=Checkpoint(training.folder / "checkpoint.safetensors", fingerprint(training)),
        resume=resume,
        on_step=on_step,
        on_metrics=MetricsLog(training.folder / "metrics.csv").append if place.leads else None,
    )
    return model


def _take_weights(model: Staged, warm: Staged) -> None:
    own, given = model.state_dict(), warm.state_dict()
    if {name: t.shape for name, t in own.items()} != {name: t.shape for name, t in given.items()}:
        raise InputError(
            "A warm start needs a model of the same network, width, image size and number of classes; choose another "
            "--warm-start, or give the --network and --width of that model."
        )
    model.load_state_dict({name: given[name].to(t) for name, t in own.items()})


def easier(data: Dataset) -> Dataset | None:
    """What warm-up epochs show: the same shapes without their faint pattern, which would be learned first otherwise.

    None for data whose faint cues cannot be taken away.
    """
    if data.name != "shapes":
        return None
    return draw_shapes(len(data), SEEDS["train"], pattern="none")
