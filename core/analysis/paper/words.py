"""How the essay writes shares, differences and examples, and the printed numbers that stand beside ours."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from core.analysis.paper.published import published
from core.analysis.results import StoredResult
from core.statistics import Difference, unpaired_difference

Row = Mapping[str, Any]
Said = tuple[str, str]  # a heading, and what stands under it


def percent(share: float) -> str:
    """A share: "99.4 %"."""
    return f"{100 * share:.1f} %"


def points(difference: Difference) -> str:
    """A difference with its interval: "+8.3 points [+5.2, +11.4]"."""
    value, low, high = (f"{100 * end:+.1f}" for end in (difference.value, difference.low, difference.high))
    return f"{value} points [{low}, {high}]"


def example(name: str) -> str:
    """What the images are: "clean", or the attack as it is written."""
    return name if name == "clean" else name.upper()


def printed(result: StoredResult, table: str) -> pd.DataFrame:
    """The printed cells that are, or may be, those of such a network."""
    return published(table, result.card.data, result.card.network, result.card.defense)


def difference(result: StoredResult, first: Row, second: Row, **of: str) -> Difference:
    """First minus second of two cells: by pairs of images where the result holds it, else from their two intervals.

    Args:
        result: its summary may hold `differences`, a list.
        first, second: value, low, high, n.
        of: what tells the difference from the others there.
    """
    for row in result.summary.get("differences", []):
        if all(row[name] == value for name, value in of.items()):
            return Difference(value=row["value"], low=row["low"], high=row["high"], n=row["n"])
    return unpaired_difference(first, second)
