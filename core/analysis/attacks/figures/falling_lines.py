"""Accuracy falling along a distance: a line each, named at its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import plotly.graph_objects as go

from core.analysis.stack import band
from core.look import Look, figure, number, percent, shown

LETTER = 0.54  # mean width of a letter, in its size
LINE = 1.35  # height of a name, in letter sizes
LOW, HIGH = -0.02, 1.04  # of the axis


@dataclass(frozen=True)
class Line:
    """Accuracy against a distance: the table has `radius`, `value`, `low`, `high`.

    Args:
        name: in words, short enough for the margin.
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


def falling(lines: Sequence[Line], look: Look, title: str, marks: Marks = NO_MARKS, height: float = 22) -> go.Figure:
    """Accuracy falling along a distance.

    Args:
        lines: drawn in this order.
        look: palette and letter size.
        title: of the axis.
        marks: vertical lines and a level.
        height: in letter sizes.
    """
    fig, top, bottom = figure(look, height), round(1.2 * look.size), 3 * look.size
    for line in lines:
        _draw(fig, line)
    _names(fig, lines, look, (height * look.size - top - bottom) / (HIGH - LOW))
    _mark(fig, marks, look)
    reach = max(float(line.curve["radius"].iloc[-1]) for line in lines)
    levels, widest = [0, 0.25, 0.5, 0.75, 1], max(len(line.name) for line in lines)
    return fig.update_layout(
        margin={"l": round(3.6 * look.size), "r": round(LETTER * widest * look.size) + 14, "t": top, "b": bottom},
        xaxis={"title": {"text": title, "font": {"color": look.muted}}, "range": (0, reach), "showgrid": False},
        yaxis={"range": (LOW, HIGH), "tickvals": levels, "ticktext": [percent(level) for level in levels]},
    )


def _draw(fig: go.Figure, line: Line) -> None:
    curve, xs = line.curve, line.curve["radius"].tolist()
    if line.band:
        fig.add_trace(band(curve["low"], curve["high"], line.color) | {"x": [*xs, *xs[::-1]]})
    words = [f"{shown(line.name)}: {percent(y)} at {number(x)}" for x, y in zip(xs, curve["value"], strict=True)]
    fig.add_scatter(
        x=xs, y=curve["value"].tolist(), mode="lines", name=shown(line.name, 46),
        line={"color": line.color, "width": 2.4, "dash": line.dash}, hovertext=words, hoverinfo="text",
    )  # fmt: skip


def _names(fig: go.Figure, lines: Sequence[Line], look: Look, pixels: float) -> None:
    """Every line's name at its end, moved up or down where several end together."""
    ends = [float(line.curve["value"].iloc[-1]) for line in lines]
    for line, height in zip(lines, apart(ends, LINE * look.size / pixels, 0.0, 1.0), strict=True):
        fig.add_annotation(
            x=1, xref="paper", y=height, text=shown(line.name), showarrow=False, xanchor="left", xshift=4,
            yanchor="middle", font={"color": line.color},
        )  # fmt: skip


def apart(heights: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """The heights in their order, moved as little as keeps neighbors a gap apart, within low and high if they fit."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    places: dict[int, float] = {}
    floor = low
    for index in order:
        places[index] = max(heights[index], floor)
        floor = places[index] + gap
    ceiling = high
    for index in reversed(order):
        places[index] = min(places[index], ceiling)
        ceiling = places[index] - gap
    return [places[index] for index in range(len(heights))]


def _mark(fig: go.Figure, marks: Marks, look: Look) -> None:
    dotted = {"color": look.muted, "width": 1.2, "dash": "dot"}
    for words, at in marks.at.items():
        fig.add_vline(x=at, line=dotted)
        fig.add_annotation(
            x=at, y=1, yref="paper", text=shown(words, 60), showarrow=False, xanchor="left", xshift=3, yanchor="bottom",
            font={"color": look.muted},
        )  # fmt: skip
    if marks.level is not None:
        words, level = marks.level
        fig.add_hline(y=level, line=dotted)
        fig.add_annotation(
            x=0, xref="paper", y=level, text=shown(words), showarrow=False, xanchor="left", yanchor="bottom",
            font={"color": look.muted},
        )  # fmt: skip
