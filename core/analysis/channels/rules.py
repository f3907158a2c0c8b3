"""Channels by list or by rule, from the stored table of a model's channels. No torch."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from core.errors import InputError
from core.registry import unknown_name

EXAMPLE = "robust in at least 80 % of images of class cat"
RULE = re.compile(
    r"\s*(robust|non-robust) in (at least|at most) (\d+(?:\.\d+)?)\s?% of (?:all |the )?images(?: of class (.+?))?\s*"
)
PART = re.compile(r";\s*(?=\d|robust in|non-robust in)")  # between lists and rules; a class's name may hold a ";"
LIST = re.compile(r"\s*\d+(\s*-\s*\d+)?(\s*,\s*\d+(\s*-\s*\d+)?)*\s*")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Channels that stand on one side in at least, or at most, a share of the images.

    Args:
        side: "robust" or "non-robust".
        bound: "at least" or "at most"; both include the share itself.
        share: of the images, 0 to 1.
        class_name: only images of this class; None counts all.
    """

    side: Literal["robust", "non-robust"]
    bound: Literal["at least", "at most"]
    share: float
    class_name: str | None = None

    def __str__(self) -> str:
        which = "images" if self.class_name is None else f"images of class {self.class_name}"
        return f"{self.side} in {self.bound} {100 * self.share:g} % of {which}"

    def chosen(self, channels: DataFrame, class_names: Sequence[str]) -> NDArray[np.bool_]:
        """Which channels (c,) the rule names.

        Args:
            channels: with `robust_share` and `robust_share_<label>`, as `channel_table` makes it.
            class_names: in label order.
        Raises:
            InputError: a class that the model does not know.
        """
        column = "robust_share"
        if self.class_name is not None:
            if self.class_name not in class_names:
                raise InputError(unknown_name("class", self.class_name, tuple(class_names)))
            column += f"_{class_names.index(self.class_name)}"
        share = channels[column].to_numpy()
        share = share if self.side == "robust" else 1 - share
        near = 1e-9  # 0.8 of 10 images is 8 of them, whatever floats say
        return share >= self.share - near if self.bound == "at least" else share <= self.share + near


def parse_rule(text: str) -> Rule:
    """A rule in words, as EXAMPLE. Raises InputError on any other sentence."""
    found = RULE.fullmatch(text)
    if found is None or float(found[3]) > 100:
        raise InputError(f"Expected channels such as 3,17,20-24 or a rule such as {EXAMPLE!r}, got {text[:80]!r}.")
    side, bound, percent, class_name = found.groups()
    return Rule(side=side, bound=bound, share=float(percent) / 100, class_name=class_name)  # type: ignore[arg-type]


def parts(text: str) -> list[str]:
    """The lists and rules of "3,17; robust in at least 80 % of images", whose channels count together."""
    return [part.strip() for part in PART.split(text) if part.strip()]


def choose_channels(text: str, channels: DataFrame, class_names: Sequence[str]) -> NDArray[np.bool_]:
    """Which channels (c,) are named by a list ("3,17,20-24", both ends counted), a rule, or several with ";" between.

    Arguments as for `Rule.chosen`.
    """
    every = [_named(part, channels, class_names) for part in parts(text)]
    return np.logical_or.reduce(every) if every else parse_rule(text).chosen(channels, class_names)


def _named(part: str, channels: DataFrame, class_names: Sequence[str]) -> NDArray[np.bool_]:
    if not LIST.fullmatch(part):
        return parse_rule(part).chosen(channels, class_names)
    chosen = np.zeros(len(channels), dtype=bool)
    for run in part.split(","):
        first, _, last = run.partition("-")
        low, high = int(first), int(last or first)
        if not low <= high < len(chosen):
            raise InputError(f"Channels go from 0 to {len(chosen) - 1}, got {run.strip()[:40]}.")
        chosen[low : high + 1] = True
    return chosen


def listed(chosen: NDArray[np.bool_]) -> str:
    """The channels (c,) as the shortest list that `choose_channels` reads: "3,17,20-24"."""
    numbers = np.flatnonzero(chosen)
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1) if len(numbers) else []
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
