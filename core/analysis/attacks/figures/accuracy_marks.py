"""Accuracy under attack: one row an attack inside the ball, curves over distortion, and a curve over radii."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core.analysis.slider import band
from core.look import Look, figure, shown

ROW = 2.6  # letter sizes that an attack takes: its name above its interval
KEY = 1.55  # height of a line of the key, in letter sizes


@dataclass(frozen=True)
class AttackRow:
    """One attack's accuracy.

    Args:
        name: in words.
        value, low, high: in [0, 1].
        attacked: whether there was an attack at all.
        strong: whether it is what the others lead to: the worst case.
        rival: the other model's accuracy under the same attack; None where it has none.
        printed: the paper's, in [0, 1]; None where it prints none for such a network.
    """

    name: str
    value: float
    low: float
    high: float
    attacked: bool = True
    strong: bool = False
    rival: float | None = None
    printed: float | None = None


@dataclass(frozen=True)
class Line:
    """Accuracy against a distance: the table has `radius` (or `factor`), `value`, `low`, `high`.

    Args:
        name: in words.
        curve: the table.
        color: of the line.
        dash: of the line, which doubles its color.
        band: whether the interval is shaded.
    """

    name: str
    curve: pd.DataFrame
    color: str
    dash: str = "solid"
    band: bool = False


@dataclass(frozen=True)
class Marks:
    """What stands beside the lines: vertical ones by their words, and one level with its words."""

    at: Mapping[str, float] = field(default_factory=dict)
    level: tuple[str, float] | None = None


NO_MARKS = Marks()


def bounded(rows: Sequence[AttackRow], look: Look, beside: str = "") -> go.Figure:
    """A dot with its 95 % interval for each attack, named above it; the other model hollow, the paper's a cross.

    Args:
        rows: top to bottom.
        look: palette and letter size.
        beside: name of the other model, for the hover.
    """
    fig = figure(look, ROW * len(rows) + 3.2)
    places = [-float(i) for i in range(len(rows))]
    for place, row in zip(places, rows, strict=True):
        line = {"color": _color(row, look), "width": 3 if row.strong else 2}
        fig.add_scatter(x=[row.low, row.high], y=[place, place], mode="lines", line=line, hoverinfo="skip")
    style = {
        "size": [13 if row.strong else 10 for row in rows],
        "symbol": ["square" if row.strong else "circle" for row in rows],
        "color": [_color(row, look) for row in rows],
        "opacity": 1,
    }
    known = [[row.name, row.low, row.high] for row in rows]
    hover = "%{customdata[0]}: %{x:.1%} [%{customdata[1]:.1%}, %{customdata[2]:.1%}]<extra></extra>"
    fig.add_scatter(
        x=[row.value for row in rows], y=places, mode="markers", marker=style, customdata=known, hovertemplate=hover
    )
    _others(fig, rows, places, look, beside)
    for place, row in zip(places, rows, strict=True):
        text = f"<b>{shown(row.name)}</b> {row.value:.1%}" if row.strong else f"{shown(row.name)} {row.value:.1%}"
        fig.add_annotation(
            x=0, y=place + 0.42, text=text, showarrow=False, xanchor="left", xshift=-2, font={"color": look.text}
        )
    return fig.update_layout(
        margin={"l": 8, "r": 14, "t": round(0.4 * look.size), "b": round(2.2 * look.size)},
        xaxis={"range": (-0.01, 1.03), "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        yaxis={"range": (places[-1] - 0.5, 0.8), "visible": False},
    )


def _color(row: AttackRow, look: Look) -> str:
    if row.strong:
        return look.text
    return look.adversarial if row.attacked else look.clean


def _others(fig: go.Figure, rows: Sequence[AttackRow], places: Sequence[float], look: Look, beside: str) -> None:
    kinds: list[tuple[str, str, list[float | None]]] = [
        ("diamond-open", shown(beside), [row.rival for row in rows]),
        ("x-thin", "printed in the paper", [row.printed for row in rows]),
    ]
    for symbol, name, values in kinds:
        at = [(value, place) for value, place in zip(values, places, strict=True) if value is not None]
        if at:
            marker = {"symbol": symbol, "size": 10, "color": look.text, "line": {"color": look.text, "width": 2}}
            fig.add_scatter(
                x=[value for value, _ in at], y=[place for _, place in at], mode="markers", marker=marker,
                hovertemplate=f"{name}: %{{x:.1%}}<extra></extra>",
            )  # fmt: skip


def distance(
    lines: Sequence[Line], look: Look, x: str, title: str, marks: Marks = NO_MARKS, height: float = 24
) -> go.Figure:
    """Accuracy falling along a distance, one line each, with the key above; a click there hides a line.

    Args:
        lines: drawn in this order.
        look: palette and letter size.
        x: name of the distance's column.
        title: of that axis.
        marks: vertical lines and a level.
        height: in letter sizes, the key aside.
    """
    keys = KEY * len(lines)
    fig = figure(look, height + keys)
    for line in lines:
        xs = line.curve[x].tolist()
        if line.band:
            shade: dict[str, Any] = band(line.curve["low"], line.curve["high"], line.color)
            fig.add_trace(shade | {"x": [*xs, *xs[::-1]], "showlegend": False})
        fig.add_scatter(
            x=xs, y=line.curve["value"].tolist(), mode="lines", name=shown(line.name, 46),
            line={"color": line.color, "width": 2.4, "dash": line.dash},
            hovertemplate=f"%{{y:.1%}} at %{{x:.3g}}<extra>{shown(line.name)}</extra>",
        )  # fmt: skip
    _mark(fig, marks, look)
    return fig.update_layout(
        showlegend=True,
        legend={"x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "font": {"color": look.text}},
        margin={"l": round(3.4 * look.size), "r": 14, "t": round((keys + 1) * look.size), "b": 3 * look.size},
        xaxis={"title": {"text": title, "font": {"color": look.muted}}, "rangemode": "tozero", "showgrid": False},
        yaxis={"range": (-0.02, 1.04), "tickformat": ".0%"},
    )


def _mark(fig: go.Figure, marks: Marks, look: Look) -> None:
    dotted = {"color": look.muted, "width": 1.2, "dash": "dot"}
    for words, at in marks.at.items():
        fig.add_vline(x=at, line=dotted)
        fig.add_annotation(
            x=at, y=1, yref="paper", text=shown(words, 60), showarrow=False, xanchor="left", xshift=3, yanchor="top",
            font={"color": look.muted},
        )  # fmt: skip
    if marks.level is not None:
        words, level = marks.level
        fig.add_hline(y=level, line=dotted)
        fig.add_annotation(
            x=1, xref="paper", y=level, text=shown(words), showarrow=False, xanchor="right", yanchor="bottom",
            font={"color": look.muted},
        )  # fmt: skip
