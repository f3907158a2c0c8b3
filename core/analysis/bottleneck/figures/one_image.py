"""One image along beta: the noise of its channels, and what each side says."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.analysis.empty_set import NOTHING
from core.analysis.slider import Columns, Reading, Readings
from core.look import Look, percent
from core.sides import NAMED

if TYPE_CHECKING:
    from core.analysis.bottleneck.experiment import ImageSweep

REACH = 3.0  # powers of ten around the tolerance that bars show
TICKS = ((-2.0, "T/100"), (0.0, "T"), (2.0, "100 T"))


def order(sweep: "ImageSweep") -> Any:
    """Channels that stay robust longest first; among equals, those that take more noise at the first beta."""
    return np.lexsort((-sweep.noise_variance[0], -sweep.changes_at))


def channels(sweep: "ImageSweep", look: Look) -> Columns:
    """Up: a channel takes more noise than the tolerance, robust; down: less."""
    tiny, places = float(np.finfo(np.float32).tiny), order(sweep)
    margin = np.log10(np.maximum(sweep.noise_variance, tiny)) - np.log10(max(float(sweep.tolerance), tiny))
    return Columns(
        title="Noise of its channels, σ²: ● up is robust, ▲ down is not",
        values=margin[:, places].clip(-REACH, REACH).round(3).tolist(),
        names=[f"channel {k}" for k in places], colors=(look.robust, look.nonrobust), reach=REACH, ticks=TICKS,
        says=f"Of {len(places)} channels {sweep.robust[0].sum()} are robust at the smallest β, "
        f"{sweep.robust[-1].sum()} at the largest.",
    )  # fmt: skip


def readings(sweep: "ImageSweep", class_names: Sequence[str], true: int | None, look: Look) -> Readings:
    """The most probable class of every side, clean and attacked; nobody speaks for a side without channels."""
    rows = [
        _reading(f"{when}, {NAMED[side]}", look.sides(when == "attacked")[side], sweep.spoken(f"{when}_{side}"),
                 class_names, true)
        for side in NAMED
        for when in ("clean", "attacked")
    ]  # fmt: skip
    return Readings(title="What each side says", rows=rows, says="The table below the chart has every class.")


def _reading(
    name: str, color: str, probabilities: NDArray[np.floating], class_names: Sequence[str], true: int | None
) -> Reading:
    silent = np.isnan(probabilities).any(axis=1)
    best = np.where(silent[:, None], 0, probabilities).argmax(axis=1)
    shares = [0.0 if quiet else float(row[k]) for quiet, row, k in zip(silent, probabilities, best, strict=True)]
    words = [
        NOTHING if quiet else f"{class_names[k]}{' ✓' if k == true else ''}, {percent(share)}"
        for quiet, k, share in zip(silent, best, shares, strict=True)
    ]
    return Reading(name=name, color=color, words=words, shares=shares)
