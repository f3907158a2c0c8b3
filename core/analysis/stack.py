"""Panels stacked in one figure, and what moves in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from core.look import Look, say, shown

LINE = 44  # letters of the sentence, so that it fits 360 px
MOST_LINES = 6  # of the sentence
SLIDER = 7.0  # height of the slider, in letter sizes; so are all heights


@dataclass
class Stack:
    """Traces and, for those that move, how they stand at each position of the slider.

    Args:
        fig: drawn into.
        look: palette and letter size.
        tops, heights: of the panels, in letter sizes.
        moving: number of a trace -> what of it changes, one a position.
    """

    fig: go.Figure
    look: Look
    tops: list[float]
    heights: list[float]
    moving: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Height of the figure."""
        return self.tops[-1] + self.heights[-1] + (2.2 if len(self.heights) < 5 else 0.5)

    def add(self, trace: dict[str, Any], panel: int, states: list[dict[str, Any]] | None = None) -> None:
        """Draw in a panel; `states` are what of it changes, one a position."""
        suffix = str(panel + 1) if panel else ""
        if states:
            trace = trace | states[0]
            self.moving[len(self.fig.data)] = states
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


def slide(canvas: Stack, betas: Sequence[float], sentences: Sequence[str], start: int, prefix: str = "β = ") -> None:
    """Add the sentence, the frames and the slider, which stands at `start`; after every other trace."""
    fig, look = canvas.fig, canvas.look
    panel = len(canvas.heights)
    high = 1 - SLIDER / canvas.total
    fig.layout[f"xaxis{panel + 1}"] = {"range": (0, 1), "visible": False, "anchor": f"y{panel + 1}"}
    fig.layout[f"yaxis{panel + 1}"] = {
        "range": (0, 1), "visible": False, "anchor": f"x{panel + 1}",
        "domain": (high - 1.35 * MOST_LINES / canvas.total, high),
    }  # fmt: skip
    said = [{"text": ["<br>".join(shown(line, 80) for line in wrap(text, LINE))]} for text in sentences]
    words = {
        "type": "scatter",
        "mode": "text",
        "textposition": "bottom right",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    canvas.add({**words, "x": [0], "y": [1], "textfont": {"color": look.text}}, panel, said)
    for number, states in canvas.moving.items():
        fig.data[number].update(states[start])
    names, moved = [f"{beta:g}" for beta in betas], list(canvas.moving)
    fig.frames = [
        go.Frame(name=name, traces=moved, data=[_moved(fig.data[t], canvas.moving[t][i]) for t in moved])
        for i, name in enumerate(names)
    ]
    now = {"mode": "immediate", "frame": {"duration": 0, "redraw": True}, "transition": {"duration": 0}}
    steps = [{"label": name, "method": "animate", "args": [[name], now]} for name in names]
    fig.update_layout(sliders=[{
        "active": start, "steps": steps, "x": 0, "len": 1, "y": 1, "yanchor": "top", "pad": {"t": 0, "b": 0, "l": 0},
        "currentvalue": {"prefix": prefix, "font": {"size": look.size + 3, "color": look.text}},
        "bgcolor": look.faint, "activebgcolor": look.robust, "bordercolor": look.muted, "tickcolor": look.muted,
        "font": {"color": look.muted}, "minorticklen": 0,
    }])  # fmt: skip


def _moved(trace: Any, state: dict[str, Any]) -> dict[str, Any]:
    return {"type": trace.type, **state}


def band(low: Sequence[float], high: Sequence[float], color: str) -> dict[str, Any]:
    """A trace that fills between two rows of values."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    x = list(range(len(low)))
    return {
        "type": "scatter", "mode": "lines", "x": [*x, *x[::-1]], "y": [*low, *high[::-1]], "fill": "toself",
        "line": {"width": 0}, "fillcolor": f"rgba({red},{green},{blue},0.16)", "hoverinfo": "skip",
    }  # fmt: skip
