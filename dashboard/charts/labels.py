"""Label supplied against label said: where the diagonal is lit, the channels repeat whatever they were given."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.look import Look, column, figure, say, shown

LEAST = 0.3  # probability; the darkest color stands for the largest one shown, or for this


def echo(
    masks: Sequence[tuple[str, NDArray[np.floating]]], class_names: Sequence[str], true: int | None, look: Look
) -> go.Figure:
    """Label supplied (down) against what those channels alone say (across), one matrix a kind of mask.

    Args:
        masks: title and probabilities (k supplied, k said) of each matrix, side by side.
        class_names: of the rows, which are also the columns.
        true: row and column of the true class; None where nobody knows it.
        look: palette and letter size.
    """
    k = len(class_names)
    names = [shown(name, 12) + (" ✓" if i == true else "") for i, name in enumerate(class_names)]
    fig = figure(look, 7 + 1.75 * k)
    darkest = max(LEAST, *(float(said.max()) for _, said in masks))
    for number, (title, said) in enumerate(masks):
        domain = column(number, len(masks), gap=0.06)
        axes = _axes(fig, number, names, domain)
        fig.add_heatmap(z=said, zmax=darkest, **_matrix_style(names, look), **axes)
        fig.add_scatter(x=said.argmax(axis=1), y=np.arange(k), **_circle_style(look), **axes)
        say(fig, domain[0], 1, f"<b>{shown(title)}</b>", look.text, yanchor="bottom")
    wide = round(look.size * (1.2 + 0.52 * max(len(name) for name in names)))
    return fig.update_layout(margin={"l": wide, "r": 4, "t": 2 * look.size, "b": round(0.8 * wide) + look.size // 2})


def _axes(fig: go.Figure, number: int, names: list[str], domain: tuple[float, float]) -> dict[str, str]:
    suffix = str(number + 1) if number else ""
    ticks = {"tickvals": list(range(len(names))), "ticktext": names, "showgrid": False, "fixedrange": True}
    across, down = (-0.5, len(names) - 0.5), (len(names) - 0.5, -0.5)
    fig.layout[f"xaxis{suffix}"] = {
        **ticks,
        "range": across,
        "domain": domain,
        "tickangle": -45,
        "anchor": f"y{suffix}",
    }
    fig.layout[f"yaxis{suffix}"] = {**ticks, "range": down, "anchor": f"x{suffix}", "showticklabels": number == 0}
    return {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}


def _matrix_style(names: list[str], look: Look) -> dict[str, Any]:
    return {
        "zmin": 0,
        "xgap": 2,
        "ygap": 2,
        "showscale": False,
        "colorscale": [[i / (len(look.scale) - 1), color] for i, color in enumerate(look.scale)],
        "customdata": [[(given, says) for says in names] for given in names],
        "hovertemplate": "given %{customdata[0]}, says %{customdata[1]}: %{z:.0%}<extra></extra>",
    }


def _circle_style(look: Look) -> dict[str, Any]:
    line = {"color": look.text, "width": 1.5}
    return {
        "mode": "markers",
        "marker": {"symbol": "circle", "size": look.size * 0.6, "color": look.background, "line": line},
        "hoverinfo": "skip",
    }
