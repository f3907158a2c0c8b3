"""Figure 5's three panels: bars of accuracy, clean and attacked, and of the number of channels along beta."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.analysis.results import StoredResult
from core.look import Look, figure, number, percent, say, tint
from core.sides import SIDES, STYLES

CONTROLS = {
    "wrong_label": ("x-thin", "✕ given a wrong label: it is repeated"),
    "random_mask": ("cross-thin", "+ the same number, drawn at random"),
}
LEVELS = (0, 0.25, 0.5, 0.75, 1)
PERCENTS = {"tickvals": LEVELS, "ticktext": [percent(level) for level in LEVELS]}
MARKED: dict[str, str] = {side: STYLES[side].marked for side in SIDES}


def figure5(result: StoredResult, look: Look) -> dict[str, go.Figure]:
    """Accuracy of either side on clean and on attacked images, and the mean number of channels, at every beta.

    The marks on the robust bars are controls: the same share for a wrong label supplied, said instead of the true one,
    and for as many channels at random.

    Args:
        result: of a sweep.
        look: colors.
    Returns:
        The panels by name, in the paper's order; each has its own legend and stands alone on a narrow page.
    """
    curves, counts, betas = result.table("curves"), result.table("counts"), result.summary["betas"]
    marks, panels = [said for _, said in CONTROLS.values()], {}
    for letter, images in (("a", "clean"), ("b", "attacked")):
        rows = curves[curves["images"] == images].set_index("side")
        shares: dict[str, pd.Series] = {side: rows.loc[side, "value"] for side in SIDES}
        fig = _panel([f"<b>({letter}) {images} images</b>, said as labeled", _legend(look), *marks], betas, look)
        _bars(fig, shares, "%{y:.1%}", look)
        for name, (symbol, said) in CONTROLS.items():
            _marks(fig, rows.loc["robust", f"{name}_value"], symbol, said, look)
        panels[f"figure5{letter}"] = fig.update_yaxes(range=(0, 1.02), **PERCENTS)
    fig = _panel(["<b>(c) channels</b> an image, mean", _legend(look), *[" "] * len(marks)], betas, look)
    _bars(fig, {side: counts[f"{side}_mean"] for side in SIDES}, "%{y:.1f} channels", look)
    panels["figure5c"] = fig.update_yaxes(range=(0, result.summary["channels"] * 1.02), tickformat="~g")
    return panels


def _panel(head: list[str], betas: list[float], look: Look) -> go.Figure:
    """Empty axes along beta; above them a title and the lines of a legend."""
    fig = figure(look, 26)
    fig.update_xaxes(
        showgrid=False, tickvals=list(range(len(betas))), ticktext=[number(beta) for beta in betas],
        title={"text": "β", "standoff": 4, "font": {"size": look.size}}, tickfont={"size": look.size},
    )  # fmt: skip
    say(fig, 0, 1.02, "<br>".join(head), look.text, yanchor="bottom")
    margin = {"l": 3.4 * look.size, "r": 4, "t": 1.7 * len(head) * look.size, "b": 4 * look.size}
    return fig.update_layout(margin=margin, bargap=0.2, bargroupgap=0)


def _bars(fig: go.Figure, heights: dict[str, pd.Series], hover: str, look: Look) -> None:
    """Robust bars full, non-robust ones hatched."""
    for side, values in heights.items():
        shape = "" if side == "robust" else "/"
        pattern = {"shape": shape, "fillmode": "overlay", "fgcolor": look.background, "size": 5, "solidity": 0.25}
        fig.add_bar(
            x=np.arange(len(values)), y=values, hovertemplate=hover + f"<extra>{MARKED[side]}</extra>",
            marker={"color": tint(_color(side, look), 0.85, look), "pattern": pattern}, offsetgroup=side,
        )  # fmt: skip


def _marks(fig: go.Figure, heights: pd.Series, symbol: str, said: str, look: Look) -> None:
    line = {"color": look.text, "width": 1.5}
    fig.add_scatter(
        x=np.arange(len(heights)) - 0.2, y=heights, mode="markers",
        hovertemplate="%{y:.1%}<extra>" + said[2:] + "</extra>",
        marker={"symbol": symbol, "size": 7, "color": look.text, "line": line},
    )  # fmt: skip


def _legend(look: Look) -> str:
    return "   ".join(f"<span style='color:{_color(side, look)}'>{words}</span>" for side, words in MARKED.items())


def _color(side: str, look: Look) -> str:
    return look.robust if side == "robust" else look.nonrobust
