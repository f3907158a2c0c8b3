"""Noise each channel tolerates, sorted, against the tolerance T; the channel's own variation is a dot on its bar."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.look import Look, figure, say, tint
from core.sides import STYLES

HEADROOM = 0.7  # powers of ten above the highest bar, for the pointer to it
FLOOR = 1e-8  # below every variance that means something; a dead channel is drawn here


def noise_bars(
    noise: NDArray[np.floating],
    variance: NDArray[np.floating],
    tolerance: float,
    robust: NDArray[np.bool_],
    look: Look,
    chosen: int | None = None,
    moved: Sequence[int] = (),
    lines: float = 26,
) -> go.Figure:
    """Bars on a log axis, where the two kinds of channel fall apart.

    Args:
        noise: sigma^2, (c,).
        variance: of each channel over its map, (c,).
        tolerance: T.
        robust: which side each channel stands on, after any move by hand, (c,).
        look: palette and letter size.
        chosen: the channel whose card is open, marked by a pointer.
        moved: channels that stand on the other side than their noise says, outlined.
        lines: height, in lines of text.
    """
    order = sorted_channels(noise)
    heights, dots = np.maximum(noise[order], FLOOR), np.maximum(variance[order], FLOOR)
    span = _range(heights, dots, tolerance)
    base = 10 ** span[0]  # without a base, a bar on a log axis goes down for ever and its middle cannot be clicked
    fig = figure(look, lines)
    for side in (True, False):
        at = np.flatnonzero(robust[order] == side)
        known = np.stack([order[at], noise[order[at]]], axis=1)
        style = _bar_style(order[at], side, moved, look)
        fig.add_bar(x=at, y=heights[at] - base, base=base, customdata=known.tolist(), **style)
    fig.add_scatter(x=np.arange(len(order)), y=dots, customdata=order[:, None].tolist(), **_dot_style(look))
    fig.add_hline(y=tolerance, line={"color": look.text, "width": 1.5, "dash": "dash"})
    _name_tolerance(fig, tolerance, look)
    _name_sides(fig, robust[order], look)
    say(fig, 0, 1, "noise σ² (log scale)  • natural variation", look.muted, yanchor="bottom")
    if chosen is not None:
        place = int(np.flatnonzero(order == chosen)[0])
        _point_at(fig, place, heights[place], chosen, look)
    return fig.update_layout(
        barmode="overlay",
        margin={"l": 4 * look.size, "r": 6, "t": 2 * look.size, "b": round(2.3 * look.size)},
        xaxis={"range": (-0.025 * len(order), len(order) - 0.2), "showgrid": False, "showticklabels": False},
        yaxis={"type": "log", "range": span, "dtick": 1, "tickformat": "~g"},
    )


def sorted_channels(noise: NDArray[np.floating]) -> NDArray[np.intp]:
    """Channel numbers from the most to the least noise tolerated; the order of every channel chart."""
    return np.argsort(-noise, kind="stable")


def _range(heights: NDArray[np.floating], dots: NDArray[np.floating], tolerance: float) -> tuple[float, float]:
    """Of the axis, in powers of ten: every bar, and all but the lowest twentieth of the dots."""
    lowest = min(heights.min(), np.quantile(dots, 0.05))
    return np.log10(lowest) - 0.25, np.log10(max(heights.max(), tolerance)) + HEADROOM


def _bar_style(channels: NDArray[np.intp], side: bool, moved: Sequence[int], look: Look) -> dict[str, Any]:
    color = look.robust if side else look.nonrobust
    outline = {"color": look.text, "width": [2 if k in moved else 0 for k in channels]}
    marker: dict[str, Any] = {"color": color, "line": outline}
    if not side:
        marker["pattern"] = {
            "shape": "/", "size": 5, "solidity": 0.35, "fillmode": "replace", "bgcolor": color,
            "fgcolor": tint(color, 0.45, look),
        }  # fmt: skip
    whole = {"marker": {"opacity": 1}}  # a click must not fade the other bars
    hover = "channel %{customdata[0]}: σ² = %{customdata[1]:.3g}<extra>click for its card</extra>"
    return {"marker": marker, "selected": whole, "unselected": whole, "hovertemplate": hover}


def _dot_style(look: Look) -> dict[str, Any]:
    return {
        "mode": "markers",
        "marker": {"color": look.text, "size": 4, "line": {"color": look.background, "width": 1}},
        "hovertemplate": "channel %{customdata[0]}: natural variation %{y:.2g}<extra></extra>",
        "unselected": {"marker": {"opacity": 1}},
    }


def _point_at(fig: go.Figure, place: int, height: float, channel: int, look: Look) -> None:
    fig.add_annotation(
        x=place, y=np.log10(height), text=f"<b>{channel}</b>", font={"color": look.text}, bgcolor=look.background,
        showarrow=True, arrowhead=2, arrowwidth=1.5, arrowcolor=look.text, ax=0, ay=-18, borderpad=1,
    )  # fmt: skip


def _name_tolerance(fig: go.Figure, tolerance: float, look: Look) -> None:
    fig.add_annotation(
        x=1, xref="paper", xanchor="right", y=np.log10(tolerance), yanchor="bottom", showarrow=False,
        text=f"tolerance T = {tolerance:.3g}", font={"color": look.text}, bgcolor=look.background, opacity=0.9,
    )  # fmt: skip


def _name_sides(fig: go.Figure, robust: NDArray[np.bool_], look: Look) -> None:
    for side, name in ((True, "robust"), (False, "nonrobust")):
        at = np.flatnonzero(robust == side)
        if len(at):
            center = float(np.clip(at.mean(), 0.1 * len(robust), 0.86 * len(robust)))
            fig.add_annotation(
                x=center, y=0, yref="paper", yanchor="top", yshift=-4, showarrow=False,
                font={"color": look.sides()[name]}, text=f"<b>{STYLES[name].sign} {len(at)} {STYLES[name].word}</b>",
            )  # fmt: skip
