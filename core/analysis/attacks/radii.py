"""Accuracy under PGD as the ball grows: from the clean images to far beyond the radius a network was trained for."""

from dataclasses import dataclass, replace
from typing import ClassVar

import pandas as pd

from core.analysis.attacked import outcome_of
from core.analysis.experiment import EXPERIMENTS, Subject
from core.analysis.results import Result
from core.attacks import PGD
from core.errors import InputError
from core.look import percent
from core.statistics import fraction
from core.types import OnStep

FACTORS = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 4.0)


@EXPERIMENTS.register("attacks-radii")
@dataclass(frozen=True, kw_only=True)
class Radii:
    """Attack the first `n` images with PGD at every radius of a grid.

    An attack of few steps finds less at large radii than there is: the curve is an upper bound that should fall to
    chance or below. One that stays above says that the attack fails there, not that the network is robust.

    Table `curve`: a row a radius with `factor`, `epsilon`, and accuracy as value, low, high, n.
    Summary: `n`, `chance` (one divided by the number of classes), `sentence`.

    Args:
        n: test images, from the first.
        attack: PGD at factor 1.
        factors: radii in units of the attack's epsilon, rising.
        seed: of the starts.
    Raises:
        InputError: no factors, negative or falling ones, on construction; a radius that the norm does not allow.
    """

    version: ClassVar[int] = 1

    n: int = 500
    attack: PGD = PGD()
    factors: tuple[float, ...] = FACTORS
    seed: int = 0

    def __post_init__(self) -> None:
        falling = any(low >= high for low, high in zip(self.factors, self.factors[1:], strict=False))
        if not self.factors or self.factors[0] < 0 or falling:
            came = ", ".join(f"{factor:g}" for factor in self.factors)
            raise InputError(f"Expected factors of at least 0, each larger than the one before, got {came or 'none'}.")
        self.attacks()

    def attacks(self) -> tuple[PGD, ...]:
        """One a radius."""
        threat = self.attack.threat
        return tuple(
            replace(self.attack, threat=replace(threat, epsilon=factor * threat.epsilon)) for factor in self.factors
        )

    def __call__(self, subject: Subject, *, on_step: OnStep | None = None) -> Result:
        """A step is an image attacked at one radius."""
        rows = []
        for done, (factor, attack) in enumerate(zip(self.factors, self.attacks(), strict=True), start=1):
            outcome = outcome_of(subject, attack, n=self.n, seed=self.seed)
            right = fraction(pd.Series(outcome.correct.numpy()))
            rows.append({"factor": factor, "epsilon": attack.threat.epsilon, **right})
            if on_step:
                on_step(done * self.n, len(self.factors) * self.n)
        curve, chance = pd.DataFrame(rows), 1 / len(subject.data.class_names)
        return Result(
            tables={"curve": curve},
            summary={"n": self.n, "chance": chance, "sentence": sentence(curve, chance, self.attack.steps)},
        )


def sentence(curve: pd.DataFrame, chance: float, steps: int) -> str:
    """Where the curve falls to chance, in words; and whether it ever rises, which a working attack never does."""
    below, by_chance = curve[curve["value"] <= chance], f"chance ({percent(chance)})"
    if len(below):
        said = (
            f"Under PGD of {steps} steps accuracy falls to {by_chance} or below at {below.iloc[0]['factor']:g} times "
            "the network's radius."
        )
    else:
        last = curve.iloc[-1]
        said = (
            f"Under PGD of {steps} steps {percent(last['value'])} stay right even at {last['factor']:g} times the "
            f"network's radius, more than by {by_chance}; with so few steps that may be the attack's failure."
        )
    return f"{said} It rises from one radius to a larger one, so the attack fails there." if _rises(curve) else said


def _rises(curve: pd.DataFrame) -> bool:
    """By more than half an interval: a random start alone moves single images."""
    later, earlier = curve.iloc[1:].reset_index(drop=True), curve.iloc[:-1].reset_index(drop=True)
    return bool((later["value"] > earlier["high"]).any())
