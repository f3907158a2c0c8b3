"""What stored maps show, in sentences: how pure the groups are in feature space, and what a wrong label does."""

import pandas as pd

from core.analysis.results import StoredResult
from core.look import percent

SIDES = ("the robust channels", "the non-robust ones")
GIVEN = {  # by map: what the channels were split with, and what its two sides are
    "true label": ("Given the true label", *SIDES),
    "wrong label": ("Given a wrong label", *SIDES),
    "random mask": ("With as many channels, drawn at random", "these", "the rest"),
}


def purity(result: StoredResult) -> "pd.Series[float]":
    """By map, side, images (clean or attacked) and label (true or supplied)."""
    return result.table("quality").set_index(["map", "side", "images", "by"])["purity"].sort_index()


def chance(result: StoredResult) -> float:
    """The purity by class that random neighbors would give."""
    quality = result.table("quality")
    return float(quality.loc[quality["by"] == "true", "chance"].iloc[0])


def answer_sentence(by: "pd.Series[float]", name: str = "true label") -> str:
    """How far each side of a map groups by class on clean images."""
    robust, nonrobust, everything = (
        percent(by[name, side, "clean", "true"]) for side in ("robust", "nonrobust", "all")
    )
    given, first, rest = GIVEN[name]
    return (
        f"{given}, {robust} of a point's nearest neighbors share its class in {first}. "
        f"In {rest} {nonrobust} do, in all channels {everything}."
    )


def doubt_sentence(by: "pd.Series[float]", by_chance: float) -> str:
    """Whether points that were split with a wrong label group by that label rather than by their class."""
    kept, given = (by["wrong label", "robust", "clean", label] for label in ("true", "supplied"))
    return (
        f"{_verdict(kept, given, by_chance)}. Given a wrong one, {percent(given)} of the neighbors in the robust "
        f"channels share it, {percent(kept)} the class."
    )


def _verdict(kept: float, given: float, by_chance: float) -> str:
    if given > kept:
        return "The groups mostly follow the label that was given"
    if given > 2 * by_chance:
        return "The label that was given explains part of it"
    return "The label that was given changes little"
