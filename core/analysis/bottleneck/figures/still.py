"""Panels of curves as one plotly figure that stands still: what the command line writes."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from core.analysis.bottleneck.figures.beta_axis import beta_axis
from core.analysis.slider import Line, Panel
from core.analysis.stack import band
from core.look import Look, column, figure, percent, say, shown

ACROSS = 2
ROW, HEAD, FOOT = 19.0, 2.2, 2.4  # height of a row, and of it above and below a panel, in letter sizes
NAMES = 0.16  # of the width, right of a panel


def still(panels: Sequence[Panel], betas: Sequence[float], look: Look) -> go.Figure:
    """Two panels in a row; every curve's name stands at its end."""
    rows = -(-len(panels) // ACROSS)
    fig = figure(look, ROW * rows)
    for number, panel in enumerate(panels):
        row, place = divmod(number, ACROSS)
        left, right = column(place, ACROSS, gap=0.06)
        high = (1 - (row + 1 - FOOT / ROW) / rows, 1 - (row + HEAD / ROW) / rows)
        axes = _axes(fig, number, panel, (left + 0.02, right - NAMES * (right - left) - 0.02), high, betas)
        say(fig, left, 1 - row / rows, f"<b>{shown(panel.title, 60)}</b>", look.text)
        _draw(fig, panel, axes, look)
    return fig.update_layout(margin={"l": round(3 * look.size), "r": 8, "t": 8, "b": 4})


def _axes(
    fig: go.Figure, number: int, panel: Panel, wide: tuple[float, float], high: tuple[float, float],
    betas: Sequence[float],
) -> dict[str, str]:  # fmt: skip
    suffix = str(number + 1) if number else ""
    ticks = [0.0, 0.5, 1.0]
    percents = {"tickvals": ticks, "ticktext": [*map(percent, ticks)]} if panel.form == "percent" else {}
    fig.layout[f"xaxis{suffix}"] = {**beta_axis(betas), "domain": wide, "anchor": f"y{suffix}", "showgrid": False}
    fig.layout[f"yaxis{suffix}"] = {
        "range": (-0.02 * panel.top, 1.04 * panel.top), "domain": high, "anchor": f"x{suffix}", **percents,
    }  # fmt: skip
    return {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}


def _draw(fig: go.Figure, panel: Panel, axes: dict[str, str], look: Look) -> None:
    for line in panel.lines:
        if line.low:
            fig.add_trace({**band(line.low, line.high, line.color), **axes})
        fig.add_trace({**_trace(line, panel.form), **axes})
    least = 1.2 * panel.top / (ROW - HEAD - FOOT)  # of a letter's height, in values
    ends = spread([line.values[-1] for line in panel.lines], least, panel.top)
    for line, end in zip(panel.lines, ends, strict=True):
        fig.add_annotation(
            x=len(line.values) - 1, y=end, xref=axes["xaxis"], yref=axes["yaxis"], text=shown(line.name),
            showarrow=False, xanchor="left", xshift=8, font={"color": line.color}, align="left",
        )  # fmt: skip
    for place, words in panel.marks:
        fig.add_shape(
            type="line", x0=place, x1=place, y0=0, y1=panel.top, xref=axes["xaxis"], yref=axes["yaxis"],
            line={"color": look.muted, "width": 1, "dash": "dot"},
        )  # fmt: skip
        fig.add_annotation(
            x=place, y=0.02 * panel.top, xref=axes["xaxis"], yref=axes["yaxis"], text=shown(words), showarrow=False,
            xanchor="left", yanchor="bottom", xshift=3, font={"color": look.muted}, bgcolor=look.background,
        )  # fmt: skip


def spread(values: Sequence[float], least: float, top: float) -> list[float]:
    """The values, moved up until each lies `least` above the one below, then down until none lies above `top`."""
    moved, order = list(values), sorted(range(len(values)), key=values.__getitem__)
    for below, i in pairwise(order):
        moved[i] = max(moved[i], moved[below] + least)
    for i in reversed(order):
        moved[i], top = min(moved[i], top), min(moved[i], top) - least
    return moved


def _trace(line: Line, form: str) -> dict[str, Any]:
    hover = "%{y:.1%}" if form == "percent" else "%{y:.3g}"
    marker = {"symbol": line.symbol, "size": 7, "color": line.color, "line": {"color": line.color, "width": 1}}
    symbols: dict[str, Any] = {"mode": "lines+markers", "marker": marker} if line.symbol else {"mode": "lines"}
    return {
        "type": "scatter", "x": list(range(len(line.values))), "y": list(line.values), **symbols,
        "line": {"color": line.color, "width": 1.5 if line.quiet else 2.5, "dash": line.dash or "solid"},
        "hovertemplate": f"{hover}<extra>{shown(line.name)}</extra>",
    }  # fmt: skip
