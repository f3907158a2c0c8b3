"""Every channel as a bar and as points, in one figure: click one, or draw a line around some in any panel."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.analysis.channels.figures.tables import classes
from core.analysis.results import StoredResult
from core.analysis.slider import Stack
from core.look import Look, figure, say, tint

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
        "hovertext": [f"changes side in {rate:.0%} of pairs of seeds" for rate in shares.flip_rate[order]],
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


def strip(result: StoredResult, look: Look, chosen: int = -1, label: int = -1) -> go.Figure:
    """The class by channel heat strip of `core.analysis.drawn`, with one channel and one class framed."""
    fig, order = classes(result, look), result.summary["channel_order"]
    fig.layout.annotations = ()  # what the colors are, the page says
    fig.update_traces(colorbar_thickness=8)
    fig.update_layout(margin={"t": 4, "b": round(3.4 * look.size)}, xaxis_title_standoff=16)
    frame = {"color": look.text, "width": 2}
    if chosen in order:
        at = order.index(chosen)
        fig.add_shape(type="rect", x0=at - 0.5, x1=at + 0.5, y0=0, y1=1, yref="paper", line=frame)
        fig.update_xaxes(tickvals=[at], ticktext=[f"<b>channel {chosen}</b>"], showticklabels=True)
    if label in (rows := result.summary["class_order"]):
        at = rows.index(label)
        fig.add_shape(type="rect", x0=0, x1=1, xref="paper", y0=at - 0.5, y1=at + 0.5, line=frame)
    return fig


def flips(sizes: NDArray[np.integer], look: Look, here: int | None = None) -> go.Figure:
    """How many images change their class when the right so many channels are removed, with the current image's size."""
    found, counts = np.unique(sizes[sizes > 0], return_counts=True)
    fig = figure(look, 15)
    marked = [look.text if size == here else tint(look.clean, 0.5, look) for size in found]
    fig.add_bar(
        x=found, y=counts, marker={"color": marked},
        hovertemplate="%{y} images change with %{x} channels<extra></extra>",
    )  # fmt: skip
    if here:
        count, mark = int(counts[found == here].sum()), {"color": look.text}
        fig.add_annotation(x=here, y=count, text="▼", showarrow=False, yanchor="bottom", font=mark)
    said = f"images, of {len(sizes)}"
    said += f"; {int((sizes == 0).sum())} never change" if (sizes == 0).any() else ""
    say(fig, 0, 1.02, said + ("; ▼ this one" if here else ""), look.muted, yanchor="bottom")
    title = {"text": "channels that must go to change it", "standoff": 4, "font": {"size": look.size}}
    fig.update_xaxes(title=title, showgrid=False, range=(0, max(found.max(initial=1), here or 0) + 1))
    fig.update_yaxes(range=(0, counts.max(initial=1) * 1.15))
    return fig.update_layout(margin={"l": 3 * look.size, "r": 8, "t": 2 * look.size, "b": round(3.2 * look.size)})
