"""What counts, values and pairs of counts on the same images say, with 95 % intervals: one definition of each."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from core.errors import InputError
from core.types import Accuracy

Z95 = 1.959963984540054  # the normal distribution's 97.5 % point


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Of two shares, first minus second.

    Args:
        value: of the shares.
        low, high: its 95 % interval.
        n: images counted; pairs where both shares are of the same images.
    """

    value: float
    low: float
    high: float
    n: int

    @property
    def sign(self) -> int:
        """What the interval tells: 1 where the first is larger, -1 where the second is, 0 where it tells neither."""
        return int(self.low > 0) - int(self.high < 0)


def accuracy(correct: int, n: int, attack: dict[str, Any] | None = None) -> Accuracy:
    """correct / n with its 95 % Wilson score interval (Wilson 1927, JASA 22, 209).

    Args:
        correct: images classified correctly.
        n: images counted.
        attack: the attack as plain data; None is clean accuracy.
    Raises:
        InputError: no image, or more correct ones than there are.
    """
    if not 0 <= correct <= n or n == 0:
        raise InputError(f"Accuracy needs at least 1 image and at most as many correct ones, got {correct} of {n}.")
    low, high = _wilson(correct, n)
    return Accuracy(value=correct / n, n=n, low=low, high=high, attack=attack)


def fraction(holds: Any) -> dict[str, Any]:
    """Of how many images something holds, (n,) bool: `value`, `n` and the 95 % Wilson interval `low` to `high`.

    Raises:
        InputError: no image.
    """
    found = asdict(accuracy(int(holds.sum()), len(holds)))
    del found["attack"]
    return found


def spread(values: ArrayLike, percentiles: Sequence[int] = (5, 50, 95)) -> dict[str, float] | None:
    """`mean` and percentiles (`q05`, `q50`, `q95`) of those values that are numbers; None where none is."""
    known = np.asarray(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    if not known.size:
        return None
    return {"mean": float(known.mean())} | {f"q{q:02d}": float(np.percentile(known, q)) for q in percentiles}


def paired_difference(first: ArrayLike, second: ArrayLike) -> Difference:
    """Of two shares of the same images, each (n,) bool, with half a count added to each of the four cells.

    That keeps the interval honest for few images:

        (b - a) / (n + 2) -+ z sqrt(a + b + 1 - (b - a)^2 / (n + 2)) / (n + 2)
        Agresti and Min 2005, Statistics in Medicine 24, 729

    with b images of the first alone and a of the second alone.

    Raises:
        InputError: no image, or not the same number on both sides.
    """
    one, other = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    if one.shape != other.shape or not one.size:
        raise InputError(f"Pairs need the same images on both sides, at least 1, got {one.size} and {other.size}.")
    n, a, b = one.size, int((~one & other).sum()), int((one & ~other).sum())
    center = (b - a) / (n + 2)
    half = Z95 * math.sqrt(a + b + 1 - (b - a) ** 2 / (n + 2)) / (n + 2)
    return Difference(value=(b - a) / n, low=max(-1.0, center - half), high=min(1.0, center + half), n=n)


def unpaired_difference(first: Mapping[str, Any], second: Mapping[str, Any]) -> Difference:
    """Of two shares of different images, each with `value`, `low`, `high` and `n`, from their Wilson intervals.

        d - sqrt((p1 - l1)^2 + (u2 - p2)^2) ... d + sqrt((u1 - p1)^2 + (p2 - l2)^2)
        Newcombe 1998, Statistics in Medicine 17, 873, method 10

    For shares of the same images that rise and fall together, of which no pairs are known, it is too wide: it tells
    less than `paired_difference` would, and nothing that is not so.
    """
    value = first["value"] - second["value"]
    down = math.hypot(first["value"] - first["low"], second["high"] - second["value"])
    up = math.hypot(first["high"] - first["value"], second["value"] - second["low"])
    return Difference(value=value, low=value - down, high=value + up, n=int(first["n"] + second["n"]))


@cache  # a curve asks for the same counts again and again, and scipy takes a millisecond for each
def _wilson(correct: int, n: int) -> tuple[float, float]:
    from scipy.stats import binomtest  # takes a second or two to import, which a page without counts need not wait for

    interval = binomtest(correct, n).proportion_ci(confidence_level=0.95, method="wilson")
    return float(interval.low), float(interval.high)
