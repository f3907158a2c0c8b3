"""Maps as a plotly figure: color is the group, a full circle a clean image, a hollow diamond an attacked one."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.analysis.clusters.figures.panels import SPAN, Maps
from core.look import Look, column, figure, say, shown

ACROSS = 3  # panels in a row
ROW, HEAD = 27.0, 3.2  # height of a row and, of it, of the words above a panel, in letter sizes
MOST_NAMED = 10  # groups in the key
SHAPES = {"clean": "circle", "attacked": "diamond-open"}


def draw(maps: Maps, look: Look) -> go.Figure:
    """Every panel of the maps, three in a row."""
    rows = -(-len(maps.panels) // ACROSS)
    fig = figure(look, ROW * rows)
    for number, panel in enumerate(maps.panels):
        row, place = divmod(number, ACROSS)
        left, right = column(place, ACROSS, gap=0.015)
        top = 1 - row / rows
        axes = _axes(fig, number, (left, right), (1 - (row + 0.99) / rows, top - HEAD / ROW / rows))
        say(fig, left, top, f"<b>{shown(panel['title'], 60)}</b><br>{shown(panel['says'], 80)}", look.text)
        _points(fig, panel, maps, axes)
        _names(fig, panel, look, axes)
    say(fig, 0, 1, _key(maps, look), look.muted, yanchor="bottom")
    return fig.update_layout(margin_t=2 * look.size)


def _key(maps: Maps, look: Look) -> str:
    """What shapes stand for, and, where the names of the groups stand nowhere on the maps, their colors."""
    named = any(panel["names"] for panel in maps.panels)
    groups = [] if named else [f"<span style='color:{one['color']}'>{shown(one['name'])}</span>" for one in maps.groups]
    return "   ".join(["● clean   ◇ attacked", *groups[:MOST_NAMED]])


def _axes(fig: go.Figure, number: int, wide: tuple[float, float], high: tuple[float, float]) -> dict[str, str]:
    suffix = str(number + 1) if number else ""
    hidden = {"showgrid": False, "showticklabels": False, "fixedrange": False}
    fig.layout[f"xaxis{suffix}"] = {**hidden, "domain": wide, "anchor": f"y{suffix}", "range": (0, SPAN)}
    fig.layout[f"yaxis{suffix}"] = {**hidden, "domain": high, "anchor": f"x{suffix}", "range": (SPAN, 0)}
    return {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}


def _points(fig: go.Figure, panel: dict[str, Any], maps: Maps, axes: dict[str, str]) -> None:
    group, attacked = (np.array(maps.columns[name]) for name in ("group", "attacked"))
    colors = np.array([one["color"] for one in maps.groups])[group]
    names = np.array([shown(one["name"]) for one in maps.groups])[group]
    for kind, symbol in SHAPES.items():
        here = np.flatnonzero(attacked == (kind == "attacked"))
        known = [(maps.columns["image"][i], names[i]) for i in here]
        fig.add_scatter(
            x=np.array(panel["x"])[here], y=np.array(panel["y"])[here], mode="markers", customdata=known,
            marker={"size": 4, "symbol": symbol, "color": colors[here].tolist(), "line": {"width": 0}},
            hovertemplate="image %{customdata[0]}, %{customdata[1]}<extra>" + kind + "</extra>", **axes,
        )  # fmt: skip


def _names(fig: go.Figure, panel: dict[str, Any], look: Look, axes: dict[str, str]) -> None:
    for name, x, y in panel["names"]:
        fig.add_annotation(
            x=x, y=y, xref=axes["xaxis"], yref=axes["yaxis"], text=f"<b>{shown(name)}</b>", showarrow=False,
            font={"size": look.size - 1, "color": look.text}, bgcolor=look.background, opacity=0.8, borderpad=0,
        )  # fmt: skip
