"""The attacks of one kind as a table in the units that people read."""

from typing import Any

import pandas as pd

from core.analysis.attacks.names import WORST, title_of
from core.analysis.results import StoredResult


def exact(result: StoredResult, kind: str) -> pd.DataFrame:
    """Accuracy with its interval, sizes of what turned an image, and the cost; `kind` is a list of the summary."""
    rows = [_row(row) for row in result.summary[kind]]
    if kind == "bounded" and (worst := result.summary["worst_case"]) is not None:
        rows.append({"attack": WORST, "stays right": interval(worst)})
    return pd.DataFrame(rows).fillna("").set_index("attack").astype(str)


def _row(row: dict[str, Any]) -> dict[str, str]:
    return {
        "attack": title_of(row["label"]), "stays right": interval(row["accuracy"]), "fooled": f"{row['turned']}",
        "steps": f"{row['steps']}" + ("" if row["restarts"] == 1 else f" × {row['restarts']}"),
        "L2, median": _median(row["l2"]), "L∞ × 255, median": _median(row["linf"], 255),
        "gradients": f"{row['gradients']:,}", "seconds": f"{row['seconds']:.1f}",
    }  # fmt: skip


def interval(measured: dict[str, Any]) -> str:
    """A fraction with its 95 % interval and its n, exact to a tenth of a percent."""
    value, low, high = (100 * measured[name] for name in ("value", "low", "high"))
    return f"{value:.1f} % [{low:.1f}, {high:.1f}], n {measured['n']}"


def _median(spread: dict[str, float] | None, unit: float = 1.0) -> str:
    return "none fooled" if spread is None else f"{unit * spread['median']:.3g}"
