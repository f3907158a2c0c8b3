"""The axis of beta: the grid equally spaced, as it is nearly in log."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.look import number


def position(betas: Sequence[float], beta: float) -> float:
    """Where a beta lies on the axis: grid point i at i, between them straight in log beta (in beta after 0)."""
    after = int(np.clip(np.searchsorted(betas, beta), 1, len(betas) - 1))
    low, high = betas[after - 1], betas[after]
    share = np.log(beta / low) / np.log(high / low) if low > 0 else beta / high
    return after - 1 + float(share)


def nearest(betas: Sequence[float], beta: float) -> int:
    """The point of the grid that is nearest to a beta."""
    return int(np.abs(np.subtract(betas, beta)).argmin())


def labels(betas: Sequence[float]) -> list[str]:
    """The grid as it is written below the axis: "0.3" and "30"."""
    return [number(beta) for beta in betas]


def beta_axis(betas: Sequence[float]) -> dict[str, Any]:
    """A plotly axis over the grid."""
    ticks = {"tickvals": list(range(len(betas))), "ticktext": labels(betas)}
    return {**ticks, "range": (-0.4, len(betas) - 0.6), "tickangle": 0}
