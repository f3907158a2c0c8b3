"""What stored attacks tell: accuracy at equal distortion, and two attacks on the same images."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.statistics import fraction, paired_difference

CURVE_POINTS = 80  # of a curve over distortion: finer than the eye, small enough for a page
RIVAL, OURS = "cw", "nrf"  # by name, whatever their settings
CONTROLS = ("nrf mask=random", "nrf mask=all")


@dataclass(frozen=True, kw_only=True)
class Paired:
    """Accuracy under two attacks of the same images.

    Args:
        first, second: labels of the attacks.
        radius: largest L2 size of a perturbation that counts; None counts every one.
        first_accuracy, second_accuracy: value, n, and the 95 % Wilson interval.
        difference: first minus second; below 0 the first attack is the stronger one.
        low, high: its 95 % interval for pairs.
    """

    first: str
    second: str
    radius: float | None
    first_accuracy: dict[str, Any]
    second_accuracy: dict[str, Any]
    difference: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """What the interval allows to say: "A stronger" (the first), "B stronger" or "no difference seen"."""
        return "A stronger" if self.high < 0 else "B stronger" if self.low > 0 else "no difference seen"


def distortions(images: pd.DataFrame, attack: str) -> pd.Series:
    """The smallest L2 perturbation found that leaves each image wrong, by image.

    It is 0 where the image is misclassified as it is, and infinite where the attack did not turn it.
    """
    rows = images[images["attack"] == attack].set_index("index").sort_index()
    found = rows["l2"].astype(float).where(rows["clean"], 0.0)
    return found.mask(rows["correct"], np.inf)


def at_radius(found: pd.Series, radius: float) -> dict[str, Any]:
    """Accuracy when perturbations up to `radius` count, with its 95 % Wilson interval; of `distortions`."""
    return fraction(found > radius)


def curve(found: pd.Series, reach: float) -> pd.DataFrame:
    """Accuracy against the largest L2 perturbation that counts, from 0 to `reach`: radius, value, low, high, n."""
    radii = np.linspace(0, reach, CURVE_POINTS)
    return pd.DataFrame([{"radius": radius, **at_radius(found, radius)} for radius in radii])


def reach_of(images: pd.DataFrame) -> float:
    """How far curves over distortion are worth drawing: to the 95th percentile of all that turned an image."""
    rows = images[(images["kind"] == "minimal_norm") & images["clean"] & ~images["correct"]]
    return float(rows["l2"].quantile(0.95)) if len(rows) else 1.0


def paired(images: pd.DataFrame, first: str, second: str, radius: float | None = None) -> Paired:
    """Two attacks on the same images, at one distortion or as they come."""
    right, other = (_standing(images, attack, radius) for attack in (first, second))
    difference = paired_difference(right, other)
    return Paired(
        first=first, second=second, radius=radius, first_accuracy=fraction(right), second_accuracy=fraction(other),
        difference=difference.value, low=difference.low, high=difference.high,
    )  # fmt: skip


def _standing(images: pd.DataFrame, attack: str, radius: float | None) -> pd.Series:
    if radius is not None:
        return distortions(images, attack) > radius
    return images[images["attack"] == attack].set_index("index").sort_index()["correct"].astype(bool)


def equal_distortion(attacks: pd.DataFrame, images: pd.DataFrame) -> list[Paired]:
    """NRF against CW and against its own masks at the median of the CW that turns the most; then against CW at its own.

    At each radius the rival is the CW that leaves the fewest images right there. Empty where NRF or a CW is not there,
    or no CW turned an image.
    """
    rivals, own = (attacks[attacks[key] == name] for key, name in (("name", RIVAL), ("label", OURS)))
    if own.empty or not rivals["turned"].sum():
        return []
    radius = float(rivals.loc[rivals["turned"].idxmax(), "l2_median"])
    masks = [paired(images, OURS, label, radius) for label in CONTROLS if label in set(attacks["label"])]
    found = [_against_best(rivals, images, radius), *masks]
    own_radius = float(own["l2_median"].iloc[0])  # not a number where NRF turned none
    return [*found, _against_best(rivals, images, own_radius)] if own_radius < radius else found


def _against_best(rivals: pd.DataFrame, images: pd.DataFrame, radius: float) -> Paired:
    best = min(rivals["label"], key=lambda label: at_radius(distortions(images, label), radius)["value"])
    return paired(images, OURS, best, radius)


def equal_budget(attacks: pd.DataFrame, images: pd.DataFrame) -> list[Paired]:
    """NRF inside the ball against PGD of as many steps, and against its own random mask."""
    bounded = attacks[attacks["kind"] == "bounded"].set_index("label")
    if "nrf-linf" not in bounded.index:
        return []
    steps = bounded.loc["nrf-linf", "steps"]
    same = [label for label in ("pgd", "nrf-linf mask=random") if label in bounded.index]
    return [paired(images, "nrf-linf", label) for label in same if bounded.loc[label, "steps"] == steps]
