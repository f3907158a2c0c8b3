"""Figure 5 in the paper's arrangement: bars of accuracy and of the number of channels along beta."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.analysis.look import Look, column, figure, say, tint
from core.analysis.results import Result

CONTROLS = {"wrong_label": ("x-thin", "✕ wrong label supplied: it is said"), "random_mask": ("cross-thin", "+ by lot")}
SIDES = {"robust": "● robust", "nonrobust": "▲ non-robust"}
GAP = 0.09  # between the panels, as a share of the figure


def figure5(result: Result, look: Look) -> go.Figure:
    """Accuracy of either side on clean and on attacked images, and the mean number of channels, at every beta.

    The marks on the robust bars are controls: the same share for a wrong label supplied, said instead of the true one,
    and for as many channels by lot.

    Args:
        result: of a sweep.
        look: colors.
    """
    curves, counts, betas = result.table("curves"), result.table("counts"), result.summary["betas"]
    fig = figure(look, 26)
    for number, images in enumerate(("clean", "attacked")):
        _axes(fig, number, betas, look, {"range": (0, 1.02), "tickformat": ".0%"})
        rows = curves[curves["images"] == images].set_index("side")
        for side in SIDES:
            _bars(fig, number, side, rows.loc[side, "value"], look, "%{y:.1%}")
        for name, (symbol, said) in CONTROLS.items():
            _marks(fig, number, rows.loc["robust", f"{name}_value"], symbol, said, look)
        _head(fig, number, f"<b>({'ab'[number]}) {images} images</b>, share predicted as labeled", look)
    _axes(fig, 2, betas, look, {"range": (0, result.summary["channels"] * 1.02), "tickformat": "~g"})
    for side in SIDES:
        _bars(fig, 2, side, counts[f"{side}_mean"], look, "%{y:.1f} channels")
    _head(fig, 2, "<b>(c) channels</b> an image, mean", look)
    legend = [f"<span style='color:{_color(side, look)}'>{words}</span>" for side, words in SIDES.items()]
    say(fig, 0, 1.1, "   ".join([*legend, *(said for _, said in CONTROLS.values())]), look.muted, yanchor="bottom")
    margin = {"l": 3 * look.size, "r": 4, "t": 4.5 * look.size, "b": 4 * look.size}
    return fig.update_layout(margin=margin, bargap=0.2, bargroupgap=0)


def _axes(fig: go.Figure, number: int, betas: list[float], look: Look, y: dict[str, Any]) -> None:
    suffix = _suffix(number)
    fig.layout[f"xaxis{suffix}"] = {
        "domain": column(number, 3, GAP), "anchor": f"y{suffix}", "showgrid": False, "tickangle": 0,
        "tickvals": list(range(len(betas))), "ticktext": [f"{beta:g}" for beta in betas],
        "title": {"text": "β", "standoff": 4, "font": {"size": look.size}}, "tickfont": {"size": look.size - 2},
    }  # fmt: skip
    fig.layout[f"yaxis{suffix}"] = {**y, "anchor": f"x{suffix}"}


def _bars(fig: go.Figure, number: int, side: str, heights: pd.Series, look: Look, hover: str) -> None:
    """Robust bars full, non-robust ones hatched."""
    color = _color(side, look)
    shape = "" if side == "robust" else "/"
    pattern = {"shape": shape, "fillmode": "overlay", "fgcolor": look.background, "size": 5, "solidity": 0.25}
    fig.add_bar(
        x=np.arange(len(heights)), y=heights, marker={"color": tint(color, 0.85, look), "pattern": pattern},
        offsetgroup=side, hovertemplate=hover + f"<extra>{SIDES[side]}</extra>", **_on(number),
    )  # fmt: skip


def _marks(fig: go.Figure, number: int, heights: pd.Series, symbol: str, said: str, look: Look) -> None:
    marker: dict[str, Any] = {
        "symbol": symbol,
        "size": 7,
        "color": look.text,
        "line": {"color": look.text, "width": 1.5},
    }
    fig.add_scatter(
        x=np.arange(len(heights)) - 0.2, y=heights, mode="markers", marker=marker,
        hovertemplate="%{y:.1%}<extra>" + said[2:] + "</extra>", **_on(number),
    )  # fmt: skip


def _head(fig: go.Figure, number: int, text: str, look: Look) -> None:
    say(fig, column(number, 3, GAP)[0], 1.01, text, look.text, yanchor="bottom")


def _on(number: int) -> dict[str, str]:
    return {"xaxis": f"x{_suffix(number)}", "yaxis": f"y{_suffix(number)}"}


def _suffix(number: int) -> str:
    return str(number + 1) if number else ""


def _color(side: str, look: Look) -> str:
    return look.robust if side == "robust" else look.nonrobust
