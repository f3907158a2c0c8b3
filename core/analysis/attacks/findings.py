"""What stored attacks say: accuracy at equal distortion, two attacks on the same images, and sentences on both."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.statistics import fraction, paired_difference

CURVE_POINTS = 80  # of a curve over distortion: finer than the eye, small enough for a page
RIVAL, OURS = "cw", "nrf"  # by name, whatever their settings
CONTROLS = {"nrf mask=random": "as many channels drawn at random", "nrf mask=all": "all channels"}


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
        """What the interval allows to say of the first attack: "stronger", "weaker" or "not told apart"."""
        return "stronger" if self.high < 0 else "weaker" if self.low > 0 else "not told apart"


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


def lead_sentences(model: str, summary: dict[str, Any], norm: str, epsilon: float | None) -> list[str]:
    """What is left of the accuracy: clean, the worst case over the bounded attacks, then without a bound."""
    clean, worst = summary["clean"], summary["worst_case"]
    said = [f"{model} is right on {_percent(clean['value'])} of the first {summary['n']} test images."]
    if worst is not None:
        count = len(summary["bounded"])
        under = "the one bounded attack" if count == 1 else f"every one of {count} bounded attacks"
        ball = (
            f"L2 ball of {epsilon:g}" if norm == "l2" else f"no pixel moved by more than {255 * (epsilon or 0):.3g}/255"
        )
        said.append(f"It stays right under {under} on {_interval(worst)} (worst case, {ball}).")
    if turned := [row for row in summary["minimal_norm"] if row["turned"]]:
        best = max(turned, key=lambda row: row["turned"])
        said.append(
            f"Without a bound, {best['label']} turns the most: {best['turned']} images, half of them with an L2 change "
            f"of {best['l2']['median']:.2g} or less. How many fall says little there; how far they had to move does."
        )
    return said


def distortion_sentences(found: Sequence[Paired]) -> list[str]:
    """Whether NRF beats CW at equal distortion and whether its mask beats others, whatever the answer is."""
    if not found:
        return ["NRF and a CW that turned some image are not both in this result, so they are not compared."]
    against, *others = found
    said = [
        f"{_VERDICT[against.verdict].format(ours='NRF', other='CW')} at equal distortion: when only L2 changes up to "
        f"{against.radius:.2g} count (the median of the CW that turns the most), {_both(against)}"
    ]
    for pair in others:
        if pair.second in CONTROLS:
            verdict = _VERDICT[pair.verdict].format(ours="its mask", other=CONTROLS[pair.second])
            said.append(f"There, {verdict}: {_both(pair)}")
        else:
            verdict = _VERDICT[pair.verdict].format(ours="NRF", other="CW")
            said.append(f"Up to {pair.radius:.2g}, the median that NRF itself needed, {verdict}: {_both(pair)}")
    return said


def budget_sentences(found: Sequence[Paired]) -> list[str]:
    """The same inside the ball, where every attack takes as many steps."""
    names = {"pgd": "PGD", "nrf-linf mask=random": "the same attack with random channels"}
    verdicts = (_VERDICT[pair.verdict].format(ours="NRF", other=names[pair.second]) for pair in found)
    return [
        f"Inside the ball and with as many steps, {verdict}: {_both(pair)}"
        for verdict, pair in zip(verdicts, found, strict=True)
    ]


_VERDICT = {
    "stronger": "{ours} beats {other}",
    "weaker": "{ours} does not beat {other}, it is weaker",
    "not told apart": "{ours} does not beat {other}, the two cannot be told apart",
}


def _both(pair: Paired) -> str:
    first, second = (_percent(found["value"]) for found in (pair.first_accuracy, pair.second_accuracy))
    points, low, high = (f"{100 * value:+.1f}" for value in (pair.difference, pair.low, pair.high))
    return (
        f"{first} of the images stay right under {pair.first} and {second} under {pair.second} (difference {points} "
        f"points [{low}, {high}], n = {pair.first_accuracy['n']}, paired)."
    )


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _interval(measured: dict[str, Any]) -> str:
    return f"{_percent(measured['value'])} [{100 * measured['low']:.1f}, {100 * measured['high']:.1f}]"
