"""In which share of the images counted each channel is robust: a bar a channel, sorted."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.analysis.channels.findings import flip_words
from core.analysis.results import StoredResult
from core.look import Look, figure, percent, say, shown, tint

ROOM = 1.2  # of the axis: above a full bar there is room for the number of a channel


@dataclass(frozen=True)
class Shares:
    """Of the images counted, the share in which each channel is robust.

    Args:
        order: channels from left to right.
        share: by channel, (c,).
        title, says: above the bars, escaped.
        low, high: the same under other noise seeds, (c,), where it is known.
        flip_rate: by channel, (c,).
        whole: by channel in all images, (c,), where others are counted.
    """

    order: NDArray[np.intp]
    share: NDArray[np.floating]
    title: str
    says: str
    flip_rate: NDArray[np.floating]
    low: NDArray[np.floating] | None = None
    high: NDArray[np.floating] | None = None
    whole: NDArray[np.floating] | None = None


def shares(result: StoredResult, label: int | None = None) -> Shares:
    """How often each channel is robust, in all images or in those of one class; in the order of all."""
    table, summary = result.table("channels"), result.summary
    whole, flip_rate = table["robust_share"].to_numpy(), table["flip_rate"].to_numpy()
    order = np.argsort(-whole, kind="stable")
    if label is not None:
        count, share = int((result.table("images")["label"] == label).sum()), table[f"robust_share_{label}"].fillna(0)
        title = f"Robust in … of {count} images of {shown(result.manifest['class_names'][label], 14)}"
        says = "dotted: all images; sorted as in all images"
        return Shares(order, share.to_numpy(), title, says, flip_rate, whole=whole)
    low, high = (table[f"robust_share_{end}"].to_numpy() for end in ("low", "high"))
    several = f"whiskers: lowest and highest of {summary['seeds']} noise seeds"
    says = several if summary["seeds"] > 1 else "one noise seed"
    return Shares(order, whole, f"Robust in … of {summary['n']} images", says, flip_rate, low, high)


def bars(shares: Shares, look: Look, chosen: int = -1) -> go.Figure:
    """The bars, with one channel marked; -1 for none."""
    fig, order, share = figure(look, 17), shares.order, shares.share
    x = np.arange(len(order))
    fig.add_bar(
        x=x, y=share[order], marker={"color": tint(look.robust, 0.6, look)}, customdata=order,
        hovertext=[f"channel {k}: robust in {percent(share[k])}, {flip_words(shares.flip_rate[k])}" for k in order],
        hoverinfo="text", error_y=_whiskers(shares, look),
    )  # fmt: skip
    if shares.whole is not None:
        dotted = {"color": look.text, "width": 1.2, "dash": "dot", "shape": "hvh"}
        fig.add_scatter(x=x, y=shares.whole[order], mode="lines", line=dotted, hoverinfo="skip")
    if 0 <= chosen < len(order):
        _mark(fig, shares, chosen, look)
    fig.update_xaxes(range=(-1, len(order)), showticklabels=False, showgrid=False)
    fig.update_yaxes(range=(0, ROOM), **percents(0, 0.25, 0.5, 0.75, 1))
    high = round(2.8 * look.size)
    fig.update_layout(margin={"l": round(3.8 * look.size), "r": 8, "t": high, "b": 6}, hovermode="closest")
    say(fig, 0, 1.12, f"<b>{shares.title}</b>", look.text, yanchor="bottom")
    say(fig, 0, 1.02, shares.says, look.muted, yanchor="bottom")
    return fig


def percents(*values: float) -> dict[str, Any]:
    """Ticks of an axis, or of a color bar, at some fractions."""
    return {"tickvals": values, "ticktext": [percent(value) for value in values]}


def _whiskers(shares: Shares, look: Look) -> dict[str, Any] | None:
    if shares.low is None or shares.high is None:
        return None
    ends = {
        "array": (shares.high - shares.share)[shares.order],
        "arrayminus": (shares.share - shares.low)[shares.order],
    }
    return {**ends, "symmetric": False, "color": look.text, "thickness": 1, "width": 0}


def _mark(fig: go.Figure, shares: Shares, chosen: int, look: Look) -> None:
    """An arrow with the channel's number above its bar."""
    top = shares.share if shares.high is None else shares.high
    fig.add_scatter(
        x=np.flatnonzero(shares.order == chosen), y=[float(top[chosen]) + 0.05], mode="markers+text",
        marker={"symbol": "triangle-down", "size": 10, "color": look.text}, cliponaxis=False, hoverinfo="skip",
        text=[f"<b>{chosen}</b>"], textposition="top center", textfont={"color": look.text},
    )  # fmt: skip
