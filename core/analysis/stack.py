"""Panels stacked in one plotly figure, and the band around a curve."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from core.look import Look, say


@dataclass
class Stack:
    """Panels one under another.

    Args:
        fig: drawn into.
        look: palette and letter size.
        tops, heights: of the panels, in letter sizes.
    """

    fig: go.Figure
    look: Look
    tops: list[float]
    heights: list[float]

    @property
    def total(self) -> float:
        """Height of the figure."""
        return self.tops[-1] + self.heights[-1] + (2.2 if len(self.heights) < 5 else 0.5)

    def add(self, trace: dict[str, Any], panel: int) -> None:
        """Draw in a panel."""
        suffix = str(panel + 1) if panel else ""
        self.fig.add_trace({**trace, "xaxis": f"x{suffix}", "yaxis": f"y{suffix}"})

    def axes(self, panel: int, x: dict[str, Any], y: dict[str, Any], title: str, key: str = "") -> None:
        """Place a panel; the title and the key, already escaped, stand above it."""
        suffix, high = str(panel + 1) if panel else "", 1 - self.tops[panel] / self.total
        low = high - self.heights[panel] / self.total
        self.fig.layout[f"xaxis{suffix}"] = {**x, "anchor": f"y{suffix}", "showgrid": False}
        self.fig.layout[f"yaxis{suffix}"] = {**y, "anchor": f"x{suffix}", "domain": (max(low, 0), high)}
        say(self.fig, 0, high + 2.1 / self.total, f"<b>{title}</b>", self.look.text, yanchor="middle")
        if key:
            say(self.fig, 0, high + 0.9 / self.total, key, self.look.muted, yanchor="middle")


def band(low: Sequence[float], high: Sequence[float], color: str) -> dict[str, Any]:
    """A trace that fills between two rows of values."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    x = list(range(len(low)))
    return {
        "type": "scatter", "mode": "lines", "x": [*x, *x[::-1]], "y": [*low, *high[::-1]], "fill": "toself",
        "line": {"width": 0}, "fillcolor": f"rgba({red},{green},{blue},0.16)", "hoverinfo": "skip",
    }  # fmt: skip
