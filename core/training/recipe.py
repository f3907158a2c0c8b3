"""How long, how fast and on what: the numbers of a training, by name."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Literal

from core.attacks import PGD, ThreatModel
from core.errors import InputError
from core.registry import Registry
from core.training.objective import DEFENSES


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """SGD with its schedule, the inner attack's effort, and how the radius grows.

    Args:
        epochs: passes over the data.
        batch_size: images per step, over all processes together.
        learning_rate: the first (steps) or the highest (one-cycle).
        momentum: of SGD.
        weight_decay: of SGD, on every parameter.
        schedule: "steps" multiplies the rate by `decay` every `decay_every` epochs; "one-cycle" rises linearly from 0
            over the first `rise` of the training and falls linearly back to 0.
        decay: factor of "steps".
        decay_every: epochs of "steps".
        rise: fraction of "one-cycle".
        label_smoothing: share of the target spread evenly over the classes.
        attack_steps: of the inner PGD.
        attack_step: size of one of them, in radii (epsilon = 1).
        start: standard deviation of the inner attack's Gaussian start where the defense asks for one, pixel units; None
            is uniform in the ball.
        warmup_epochs: first epochs at radius 0, on the warm-up data where the data set has some.
        ramp_epochs: epochs after those in which the radius grows linearly to its full size.
    Raises:
        InputError: a number outside its range, on construction.
    """

    epochs: int = 60
    batch_size: int = 100
    learning_rate: float = 0.01
    momentum: float = 0.0
    weight_decay: float = 0.0
    schedule: Literal["steps", "one-cycle"] = "steps"
    decay: float = 0.2
    decay_every: int = 20
    rise: float = 0.25
    label_smoothing: float = 0.0
    attack_steps: int = 10
    attack_step: float = 0.23
    start: float | None = None
    warmup_epochs: int = 0
    ramp_epochs: int = 0

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "attack_steps", "decay_every"):
            require(getattr(self, name) >= 1, name, "at least 1", getattr(self, name))
        for name in ("weight_decay", "warmup_epochs", "ramp_epochs", "attack_step"):
            require(getattr(self, name) >= 0, name, "at least 0", getattr(self, name))
        for name in ("momentum", "label_smoothing"):
            require(0 <= getattr(self, name) < 1, name, "at least 0 and below 1", getattr(self, name))
        require(0 < self.rise < 1, "rise", "above 0 and below 1", self.rise)
        require(self.schedule in ("steps", "one-cycle"), "schedule", "steps or one-cycle", self.schedule)
        require(0 < self.learning_rate < float("inf"), "learning_rate", "a finite number above 0", self.learning_rate)

    def rate(self, progress: float) -> float:
        """Learning rate after `progress` epochs (a fraction inside an epoch)."""
        if self.schedule == "steps":
            return self.learning_rate * self.decay ** (int(progress) // self.decay_every)
        done = progress / self.epochs
        return self.learning_rate * (done / self.rise if done < self.rise else (1 - done) / (1 - self.rise))

    def strength(self, progress: float) -> float:
        """Share of the full radius after `progress` epochs: 0 while warming up, then a line up to 1."""
        after = progress - self.warmup_epochs
        if after < 0:
            return 0.0
        return 1.0 if after >= self.ramp_epochs else after / self.ramp_epochs

    def attack(self, epsilon: float) -> PGD:
        """The inner attack at its full radius (linf, pixel units), from a uniform start in the ball."""
        step_size = self.attack_step * epsilon
        return PGD(threat=ThreatModel(norm="linf", epsilon=epsilon), steps=self.attack_steps, step_size=step_size)


RECIPES: Registry[Callable[[str], Recipe]] = Registry("recipe")


@RECIPES.register("paper")
def paper(defense: str) -> Recipe:
    """The released code's: 60 epochs, rate 0.01, x0.2 every 20; with weight decay, where nothing attacks with momentum.

    The attack starts where the defense has it start when nothing is said: that of TRADES and MART beside the image.
    """
    usual = {f.name: f.default for f in fields(DEFENSES[defense])}
    if "attack" not in usual:
        return Recipe(momentum=0.9)
    return Recipe(weight_decay=1e-2, start=usual.get("start"))  # type: ignore[arg-type]


@RECIPES.register("fast")
def fast(defense: str) -> Recipe:
    """One cycle of SGD; defenses attack with a single step of 1.25 epsilon from a uniform start.

    Wong, Rice and Kolter 2020, arXiv:2001.03994, algorithm 3, with a start that is drawn anew for every batch.
    """
    return Recipe(
        epochs=24,
        learning_rate=0.1,
        momentum=0.9,
        weight_decay=5e-4,
        schedule="one-cycle",
        attack_steps=1,
        attack_step=1.25,
    )


def require(condition: bool, name: str, expected: str, got: object) -> None:
    """Raise InputError with the one sentence that a number out of range deserves."""
    if not condition:
        raise InputError(f"{name.replace('_', ' ').capitalize()} must be {expected}, got {got}.")
