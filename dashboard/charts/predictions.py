"""What the network says: the most probable classes, best first. Names stand above bars, so that it fits 360 px."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.look import Look, column, figure, say, shown, tint

WIDTH = 1.5  # of a panel, in bars of probability 1; what is left holds the percentage
SLOT = 2.5  # lines of text that a class takes: its name, its bar and a gap
LONGEST = 16  # letters of a class name


@dataclass(frozen=True)
class Panel:
    """One little bar chart of a prediction.

    Args:
        title: above it, plain text; a line break is kept.
        color: of its bars.
        probabilities: of every class, (k,).
    """

    title: str
    color: str
    probabilities: NDArray[np.floating]


def predictions(
    rows: Sequence[tuple[str, Sequence[Panel]]], class_names: Sequence[str], true: int | None, look: Look, top: int = 4
) -> go.Figure:
    """The most probable classes of every panel, with the true class ticked; rows answer each other.

    Args:
        rows: title and panels of each row, left to right.
        class_names: in label order.
        true: index of the true class; None where nobody knows it.
        look: palette and letter size.
        top: classes shown in each panel.
    """
    top = min(top, len(class_names))
    lines = max(panel.title.count("\n") + 1 for _, panels in rows for panel in panels)
    heading = 0.4 + 1.4 * lines + (1.6 if any(title for title, _ in rows) else 0)
    height = heading + SLOT * top
    fig = figure(look, height * len(rows) + 0.4)
    for r, (title, panels) in enumerate(rows):
        high, low = 1 - r / len(rows), 1 - (r + 1) / len(rows)
        body = low + (high - low) * SLOT * top / height
        if title:
            say(fig, 0, high, f"<b>{shown(title)}</b>", look.text, size=look.size + 1)
        for c, panel in enumerate(panels):
            domains = column(c, len(panels), gap=0.05), (low, body)
            say(fig, domains[0][0], body, f"<b>{_lines(panel.title)}</b>", panel.color, yanchor="bottom")
            _draw(fig, panel, domains, class_names, true, look, top)
    return fig.update_layout(barmode="overlay")


def _lines(title: str) -> str:
    return "<br>".join(shown(line) for line in title.split("\n"))


def _draw(
    fig: go.Figure,
    panel: Panel,
    domains: tuple[tuple[float, float], tuple[float, float]],
    class_names: Sequence[str],
    true: int | None,
    look: Look,
    top: int,
) -> None:
    suffix = str(len(fig.data) // 4 + 1) if fig.data else ""
    order = np.argsort(-panel.probabilities, kind="stable")[:top]
    values, bars, names = panel.probabilities[order], -np.arange(top) - 0.72, -np.arange(top) - 0.3
    axes = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
    bar = {"y": bars, "orientation": "h", "width": 0.3, **axes}
    colors = [panel.color] + [tint(panel.color, 0.5, look)] * (top - 1)
    hover = [f"{shown(class_names[k])}: {v:.1%}<extra></extra>" for k, v in zip(order, values, strict=True)]
    fig.add_bar(x=np.ones(top), marker={"color": look.faint, "line": {"width": 0}}, hoverinfo="skip", **bar)
    fig.add_bar(x=values, marker={"color": colors, "line": {"width": 0}}, hovertemplate=hover, **bar)
    words = {"mode": "text", "hoverinfo": "skip", "cliponaxis": False, **axes}
    said = [_named(class_names[k], first=i == 0, true=k == true) for i, k in enumerate(order)]
    fig.add_scatter(
        x=np.zeros(top), y=names, text=said, textposition="middle right", textfont={"color": look.text}, **words
    )
    numbers, ends = [_percent(v) for v in values], np.full(top, 1.02)
    fig.add_scatter(x=ends, y=bars, text=numbers, textposition="middle right", textfont={"color": look.muted}, **words)
    hidden = {"visible": False, "fixedrange": True}
    fig.layout[f"xaxis{suffix}"] = {"domain": domains[0], "anchor": axes["yaxis"], "range": (0, WIDTH), **hidden}
    fig.layout[f"yaxis{suffix}"] = {"domain": domains[1], "anchor": axes["xaxis"], "range": (-top, 0), **hidden}


def _named(name: str, first: bool, true: bool) -> str:
    text = shown(name, LONGEST) + (" ✓" if true else "")
    return f"<b>{text}</b>" if first else text


def _percent(value: float) -> str:
    return "<1%" if 0 < value < 0.005 else f"{value:.0%}"
