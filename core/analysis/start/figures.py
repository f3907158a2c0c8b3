"""A claim of a survey and, below it, the controls that it must stand beside, each with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from core.look import Look, figure, shown

SLOT = 2.7  # lines of text that a bar takes: its name, itself and a gap


@dataclass(frozen=True)
class Measured:
    """A fraction with its 95 % interval.

    Args:
        name: what it is a fraction of, in words.
        value, low, high: in [0, 1].
        control: whether it is something that the claim is compared with.
    """

    name: str
    value: float
    low: float
    high: float
    control: bool


def claims(rows: Sequence[Measured], look: Look) -> go.Figure:
    """One bar a row, the claim in blue and its controls in gray, whiskers for the intervals."""
    count = len(rows)
    fig = figure(look, SLOT * count + 0.4)
    places, values = -np.arange(count) - 0.7, np.array([row.value for row in rows])
    bar = {"y": places, "orientation": "h", "width": 0.34}
    fig.add_bar(x=np.ones(count), marker={"color": look.faint}, hoverinfo="skip", **bar)
    fig.add_bar(
        x=values,
        marker={"color": [look.muted if row.control else look.robust for row in rows]},
        error_x={
            "type": "data", "array": [row.high - row.value for row in rows], "color": look.text, "thickness": 1.2,
            "arrayminus": [row.value - row.low for row in rows], "width": 3,
        },
        hovertemplate=[f"{row.value:.1%} [{row.low:.1%}, {row.high:.1%}]<extra></extra>" for row in rows],
        **bar,
    )  # fmt: skip
    words = {"mode": "text", "hoverinfo": "skip", "cliponaxis": False, "textfont": {"color": look.text}}
    names = [shown(row.name, 80) if row.control else f"<b>{shown(row.name, 80)}</b>" for row in rows]
    fig.add_scatter(x=np.zeros(count), y=-np.arange(count) - 0.28, text=names, textposition="middle right", **words)
    ends = [f"{value:.0%}" for value in values]
    fig.add_scatter(x=np.full(count, 1.02), y=places, text=ends, textposition="middle right", **words)
    return fig.update_layout(
        barmode="overlay",
        xaxis={"range": (0, 1.14), "visible": False},
        yaxis={"range": (-count, 0), "visible": False},
    )
