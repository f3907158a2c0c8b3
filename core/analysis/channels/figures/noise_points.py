"""The noise that channels take against something simpler: points to click, or to draw a line around."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.analysis.channels.figures.share_bars import percents
from core.analysis.results import StoredResult
from core.look import Look, figure, percent, say, shown

NOISE = "Noise (log₁₀ σ²)"
HALF = 0.5  # of the images: a circle at and above, a triangle below


@dataclass(frozen=True)
class Cloud:
    """A point a channel, or a class and channel.

    Args:
        title, axis: above the points and below them, escaped.
        x, noise, share: of each point; log10 of sigma^2; share of the images in which it is robust.
        channel: of each point.
        name: of each point, escaped.
        in_percent: whether x is a share.
    """

    title: str
    axis: str
    x: NDArray[np.floating]
    noise: NDArray[np.floating]
    share: NDArray[np.floating]
    channel: NDArray[np.intp]
    name: Sequence[str]
    in_percent: bool = False


def by_share(result: StoredResult, label: int | None = None) -> Cloud:
    """How often a channel is robust, in all images or in those of one class, and the noise it takes there."""
    rows = result.table("channels")
    where = "all images"
    if label is not None:
        classes = result.table("classes")
        rows, where = classes[classes["class"] == label], f"class {shown(result.manifest['class_names'][label], 20)}"
    share, noise = (rows[name].fillna(0).to_numpy() for name in ("robust_share", "mean_log_noise"))
    return Cloud(
        f"{NOISE} against how often", f"robust in … of {where}", share, noise, share, rows["channel"].to_numpy(),
        [""] * len(rows), in_percent=True,
    )  # fmt: skip


def by_variance(result: StoredResult) -> Cloud:
    """Noise against the channels' own variance."""
    table = result.table("channels")
    return Cloud(
        f"{NOISE} against plain variance", "log₁₀ of a channel’s own variance", table["mean_log_variance"].to_numpy(),
        table["mean_log_noise"].to_numpy(), table["robust_share"].to_numpy(), table["channel"].to_numpy(),
        [""] * len(table),
    )  # fmt: skip


def by_weight(result: StoredResult, label: int | None = None) -> Cloud | None:
    """Noise against the classifier's weights: a point a class and channel, or the channels of one class.

    None where the cut leaves a channel no one weight.
    """
    rows: pd.DataFrame = result.table("classes").dropna()
    rows = rows if label is None else rows[rows["class"] == label]
    if rows.empty:
        return None
    names = result.manifest["class_names"]
    return Cloud(
        f"{NOISE} against weight{', by class' if label is None else ''}", "weight for the class, less the mean",
        rows["weight_margin"].to_numpy(), rows["mean_log_noise"].to_numpy(), rows["robust_share"].to_numpy(),
        rows["channel"].to_numpy(), [f", {shown(names[k], 20)}" for k in rows["class"]],
    )  # fmt: skip


def points(
    cloud: Cloud, look: Look, chosen: int = -1, removed: Collection[int] = (), drawing: bool = False
) -> go.Figure:
    """The points of one cloud.

    Args:
        cloud: what they are.
        look: palette and letter size.
        chosen: channel that is marked; -1 for none.
        removed: channels that an edit cuts out; crosses.
        drawing: whether the mouse draws a line around some.
    """
    fig, here = figure(look, 22), cloud.channel == chosen
    kinds = np.where(cloud.share >= HALF, "circle", "triangle-up")
    fig.add_scatter(
        x=cloud.x, y=cloud.noise, mode="markers", customdata=cloud.channel, hoverinfo="text",
        hovertext=[
            f"channel {k}{name}: robust in {percent(share)}"
            for k, name, share in zip(cloud.channel, cloud.name, cloud.share, strict=True)
        ],
        marker={
            "size": 8 if drawing else 6, "opacity": 0.75, "color": cloud.share, "cmin": 0, "cmax": 1,
            "symbol": np.where(np.isin(cloud.channel, list(removed)), "x", kinds),
            "colorscale": [[0, look.nonrobust], [0.5, look.muted], [1, look.robust]],
        },
    )  # fmt: skip
    ring = {"symbol": "circle-open", "size": 13, "color": look.text, "line": {"width": 2}}
    fig.add_scatter(x=cloud.x[here], y=cloud.noise[here], mode="markers", marker=ring, hoverinfo="skip")
    _axes(fig, cloud, look)
    return fig.update_layout(
        dragmode="lasso" if drawing else False, hovermode="closest",
        newselection={"line": {"color": look.text, "width": 1.5, "dash": "dot"}},
        activeselection={"fillcolor": look.robust, "opacity": 0.06},
    )  # fmt: skip


def _axes(fig: go.Figure, cloud: Cloud, look: Look) -> None:
    small = {"standoff": 4, "font": {"size": look.size}}
    scale = _shares(float(cloud.x.max())) if cloud.in_percent else {}
    fig.update_xaxes(
        title={"text": cloud.axis, **small}, zeroline=True, zerolinecolor=look.faint, showgrid=False, **scale
    )
    fig.update_yaxes(tickformat="~g", nticks=5)
    say(fig, 0, 1.01, f"<b>{cloud.title}</b>", look.text, yanchor="bottom")
    fig.update_layout(margin={"l": round(2.8 * look.size), "r": 10, "t": 2 * look.size, "b": round(3.4 * look.size)})


def _shares(most: float) -> dict[str, Any]:
    """An axis from 0 to the largest share."""
    step = next(step for step in (0.05, 0.1, 0.25) if most <= 5 * step or step == 0.25)
    return {"range": (-0.04 * most, 1.06 * most), **percents(*np.arange(0, most + step / 2, step).round(2))}
