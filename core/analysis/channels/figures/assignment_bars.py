"""Every channel as a bar and as points, in one figure: click one, or draw a line around some in any panel."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.analysis.channels.findings import flip_words
from core.analysis.results import StoredResult
from core.analysis.stack import Stack
from core.look import Look, figure, shown, tint

GAP = 3.4  # above a panel, in letter sizes: its title and what it says
BELOW = 3.2  # below a panel of points: its ticks and the name of its axis
HALF = 0.5  # of the images: a circle at and above, a triangle below


@dataclass(frozen=True)
class Shares:
    """Of the images counted, the share in which each channel is robust.

    Args:
        order: channels from left to right.
        share: by channel, (c,).
        title, says: above the panel, escaped.
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


@dataclass(frozen=True)
class Cloud:
    """The noise that channels tolerate against something simpler: a point a channel, or a class and channel.

    Args:
        title, says, axis: above the panel and below it, escaped.
        x, noise, share: of each point; log10 of sigma^2; share of the images in which it is robust.
        channel: of each point.
        name: of each point, escaped.
    """

    title: str
    says: str
    axis: str
    x: NDArray[np.floating]
    noise: NDArray[np.floating]
    share: NDArray[np.floating]
    channel: NDArray[np.intp]
    name: Sequence[str]


def shares(result: StoredResult, label: int | None = None) -> Shares:
    """How often each channel is robust, in all images or in those of one class; in the order of all."""
    table, summary = result.table("channels"), result.summary
    whole, flip_rate = table["robust_share"].to_numpy(), table["flip_rate"].to_numpy()
    order = np.argsort(-whole, kind="stable")
    if label is not None:
        count, share = int((result.table("images")["label"] == label).sum()), table[f"robust_share_{label}"].fillna(0)
        title = f"Robust in … of the {count} images of class {shown(result.manifest['class_names'][label], 16)}"
        says = "dotted: all images; sorted as in all images"
        return Shares(order, share.to_numpy(), title, says, flip_rate, whole=whole)
    low, high = (table[f"robust_share_{end}"].to_numpy() for end in ("low", "high"))
    several = f"whiskers: lowest and highest of {summary['seeds']} noise seeds"
    says = several if summary["seeds"] > 1 else "one noise seed"
    return Shares(order, whole, f"Robust in … of {summary['n']} images", says, flip_rate, low, high)


def clouds(result: StoredResult, label: int | None = None) -> list[Cloud]:
    """Noise against the classifier's weights, where there are some, and against the channels' own variance."""
    table, agreement = result.table("channels"), result.summary["agreement"]
    weights = _weights(result, label)
    variance = Cloud(
        "Noise against plain variance", _figures(agreement, "variance"), "mean log₁₀ of a channel's variance",
        table["mean_log_variance"].to_numpy(), table["mean_log_noise"].to_numpy(), table["robust_share"].to_numpy(),
        table["channel"].to_numpy(), [""] * len(table),
    )  # fmt: skip
    return [variance] if weights is None else [weights, variance]


def _weights(result: StoredResult, label: int | None) -> Cloud | None:
    """A point a class and channel, or the channels of one class; None where the cut leaves a channel no one weight."""
    rows: pd.DataFrame = result.table("classes").dropna()
    rows = rows if label is None else rows[rows["class"] == label]
    if rows.empty:
        return None
    names = result.manifest["class_names"]
    return Cloud(
        f"Noise (log₁₀ σ²) against weight{', by class' if label is None else ''}",
        _figures(result.summary["agreement"], "weights"), "weight for the class, less the mean",
        rows["weight_margin"].to_numpy(), rows["mean_log_noise"].to_numpy(), rows["robust_share"].to_numpy(),
        rows["channel"].to_numpy(), [f", {shown(names[k], 20)}" for k in rows["class"]],
    )  # fmt: skip


def _figures(agreement: dict[str, Any], name: str) -> str:
    rank, overlap, drawn = agreement[name]["spearman"], agreement[name]["jaccard"], agreement["random"]["jaccard"]
    known = [f"Spearman {rank['mean']:.2f}"] if rank else []
    known += [f"Jaccard {overlap['mean']:.2f}"] if overlap else []
    known += [f"{drawn['mean']:.2f} at random"] if drawn else []
    return ", ".join(known)


def assignment(
    shares: Shares,
    clouds: Sequence[Cloud],
    look: Look,
    chosen: int = -1,
    removed: Collection[int] = (),
    drawing: bool = False,
) -> go.Figure:
    """Bars above, one panel of points for each of `clouds` below.

    Args:
        shares: of the bars.
        clouds: of the points.
        look: palette and letter size.
        chosen: channel that is marked in every panel; -1 for none.
        removed: channels that an edit cuts out; crosses.
        drawing: whether the mouse draws a line around some, or clicks on one.
    """
    heights, tops, down = [13.0, *(15.0 for _ in clouds)], [GAP], GAP + 13.0 + 1.0
    for _ in clouds:
        tops.append(down + GAP)
        down += GAP + 15.0 + BELOW
    canvas = Stack(figure(look, 1), look, tops, heights)
    canvas.fig.update_layout(
        height=round((canvas.total + 1.5) * look.size), dragmode="lasso" if drawing else False, bargap=0.15,
        hovermode="closest",
        margin={"l": round(3.4 * look.size), "r": 8, "t": 2, "b": round(1.5 * look.size)},
        newselection={"line": {"color": look.text, "width": 1.5, "dash": "dot"}},
        activeselection={"fillcolor": look.robust, "opacity": 0.06},
    )  # fmt: skip
    _bars(canvas, shares, chosen, removed)
    for panel, cloud in enumerate(clouds, start=1):
        _points(canvas, panel, cloud, chosen, removed)
    return canvas.fig


def _bars(canvas: Stack, shares: Shares, chosen: int, removed: Collection[int]) -> None:
    look, order, x = canvas.look, shares.order, np.arange(len(shares.order))
    bar = {
        "type": "bar", "x": x, "y": shares.share[order], "marker": {"color": tint(look.robust, 0.6, look)},
        "customdata": order,
        "hovertext": [flip_words(rate) for rate in shares.flip_rate[order]],
        "hovertemplate": "channel %{customdata}: robust in %{y:.0%}, %{hovertext}<extra></extra>",
    }  # fmt: skip
    if shares.low is not None and shares.high is not None:
        bar["error_y"] = {
            "array": (shares.high - shares.share)[order], "arrayminus": (shares.share - shares.low)[order],
            "symmetric": False, "color": look.text, "thickness": 1, "width": 0,
        }  # fmt: skip
    canvas.add(bar, 0)
    quiet = {"type": "scatter", "hoverinfo": "skip"}
    if shares.whole is not None:
        style = {"color": look.text, "width": 1.2, "dash": "dot", "shape": "hvh"}
        canvas.add({**quiet, "mode": "lines", "x": x, "y": shares.whole[order], "line": style}, 0)
    cut = [int(i) for i in x if order[i] in removed]
    cross = {"symbol": "x-thin", "size": 6, "line": {"width": 1.6, "color": look.text}}
    canvas.add({**quiet, "mode": "markers", "x": cut, "y": [-0.05] * len(cut), "marker": cross}, 0)
    if 0 <= chosen < len(order):
        at, top = int(np.flatnonzero(order == chosen)[0]), float(shares.share[chosen])
        if shares.high is not None:
            top = float(shares.high[chosen])
        arrow = {"symbol": "triangle-down", "size": 10, "color": look.text}
        canvas.add({
            **quiet, "mode": "markers+text", "x": [at], "y": [top + 0.05], "marker": arrow, "cliponaxis": False,
            "text": [f"<b>{chosen}</b>"], "textposition": "top center", "textfont": {"color": look.text},
        }, 0)  # fmt: skip
    hidden = {"range": (-1, len(order)), "showticklabels": False}
    ticks = {"range": (-0.1, 1.2), "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    canvas.axes(0, hidden, ticks, shares.title, shares.says)


def _points(canvas: Stack, panel: int, cloud: Cloud, chosen: int, removed: Collection[int]) -> None:
    look, here = canvas.look, cloud.channel == chosen
    kinds = np.where(cloud.share >= HALF, "circle", "triangle-up")
    symbols = np.where(np.isin(cloud.channel, list(removed)), "x", kinds)
    canvas.add({
        "type": "scatter", "mode": "markers", "x": cloud.x, "y": cloud.noise,
        "customdata": cloud.channel, "hovertext": cloud.name,
        "marker": {
            "size": 6, "opacity": 0.75, "symbol": symbols, "color": cloud.share, "cmin": 0, "cmax": 1,
            "colorscale": [[0, look.nonrobust], [0.5, look.muted], [1, look.robust]],
        },
        "hovertemplate": "channel %{customdata}%{hovertext}: robust in %{marker.color:.0%}<extra></extra>",
    }, panel)  # fmt: skip
    ring = {"symbol": "circle-open", "size": 13, "color": look.text, "line": {"width": 2}}
    canvas.add({
        "type": "scatter", "mode": "markers", "x": cloud.x[here], "y": cloud.noise[here], "marker": ring,
        "hoverinfo": "skip",
    }, panel)  # fmt: skip
    x = {"title": {"text": cloud.axis, "standoff": 4, "font": {"size": look.size}}, "zeroline": True}
    canvas.axes(panel, x | {"zerolinecolor": look.faint}, {"tickformat": "~g", "nticks": 5}, cloud.title, cloud.says)
