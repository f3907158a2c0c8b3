"""What an edited network is still worth, class by class, beside the whole one and as many channels at random."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.look import Look, column, figure, percent, say, shown

IMAGES = ("clean", "attacked")


@dataclass(frozen=True)
class Worth:
    """Accuracies in [0, 1], a row each, by "clean" and "attacked".

    Args:
        names: of the rows: all images first, then the classes.
        edited, whole: of the edited network and of the whole one.
        chance: of as many random channels, (draws, rows); None where nothing is cut.
    """

    names: Sequence[str]
    edited: dict[str, NDArray[np.floating]]
    whole: dict[str, NDArray[np.floating]]
    chance: dict[str, NDArray[np.floating]] | None


def edits(worth: Worth, look: Look) -> go.Figure:
    """Two columns, clean and attacked; a diamond is the edit, an upright line the whole network, gray the control."""
    rows = np.arange(len(worth.names))
    fig = figure(look, 4.6 + 1.6 * len(rows))
    for number, images in enumerate(IMAGES):
        suffix = "" if number == 0 else "2"
        place = {"xaxis": f"x{suffix}", "yaxis": "y"}
        if worth.chance is not None:
            _chance(fig, worth.chance[images], place, look)
        tick = {"symbol": "line-ns", "size": 11, "line": {"width": 2, "color": look.clean}}
        _marks(fig, worth.whole[images], tick, "whole network", place)
        if worth.chance is not None:
            color = look.robust if images == "clean" else look.adversarial
            _marks(fig, worth.edited[images], {"symbol": "diamond", "size": 9, "color": color}, "this edit", place)
        left, right = column(number, 2, 0.1)
        fig.layout[f"xaxis{suffix}"] = {
            "domain": (left, right), "range": (-0.05, 1.05), "anchor": "y", "showgrid": True, "tickvals": (0, 0.5, 1),
            "ticktext": (percent(0), "", percent(1)),
        }  # fmt: skip
        say(fig, left, 1.0, f"<b>{images}</b>", look.text, yanchor="bottom")
    names = [f"<b>{shown(name, 12)}</b>" if row == 0 else shown(name, 12) for row, name in enumerate(worth.names)]
    fig.update_yaxes(tickvals=rows, ticktext=names, range=(len(rows) - 0.5, -0.7), showgrid=False)
    return fig.update_layout(
        margin={"l": round(6.6 * look.size), "r": 22, "t": round(1.8 * look.size), "b": round(1.8 * look.size)}
    )


def _chance(fig: go.Figure, drawn: NDArray[np.floating], place: dict[str, str], look: Look) -> None:
    """Lowest to highest draw as a line, the mean as a cross."""
    rows, gap = np.arange(drawn.shape[1]), np.full(drawn.shape[1], np.nan)
    x = np.column_stack([drawn.min(axis=0), drawn.max(axis=0), gap]).ravel()
    y = np.column_stack([rows, rows, gap]).ravel()
    line = {"color": look.muted, "width": 1.5, "dash": "dot"}
    fig.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", **place)
    _marks(fig, drawn.mean(axis=0), {"symbol": "x", "size": 7, "color": look.muted}, "as many at random, mean", place)


def _marks(
    fig: go.Figure, values: NDArray[np.floating], marker: dict[str, object], what: str, place: dict[str, str]
) -> None:
    fig.add_scatter(
        x=values, y=np.arange(len(values)), mode="markers", marker=marker, cliponaxis=False, hoverinfo="text",
        hovertext=[f"{what}: {percent(value)}" for value in values], **place,
    )  # fmt: skip
