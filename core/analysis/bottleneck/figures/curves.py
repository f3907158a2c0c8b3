"""Accuracy of each side and number of its channels along beta; the grid is equally spaced, as it is nearly in log."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.analysis.results import StoredResult
from core.look import Look, column, figure, say, tint

CONTROLS = {"wrong_label": ("wrong label, said", "dot"), "random_mask": ("random mask", "dashdot")}
CONTROLS |= {"random_network": ("random network", "longdash")}
NAMES = {"all": "all channels", "robust": "● robust alone", "nonrobust": "▲ non-robust alone"}


def accuracy(result: StoredResult, look: Look) -> go.Figure:
    """Robust-only, non-robust-only and all channels, clean beside attacked, with intervals, controls and crossings."""
    curves, betas = result.table("curves"), result.summary["betas"]
    fig = figure(look, 30)
    for number, which in enumerate(("clean", "attacked")):
        domain, axes = column(number, 2, gap=0.22), _axes(number)
        _beta_axis(fig, number, betas, domain, look)
        rows = curves[curves["images"] == which].set_index("side").sort_values("beta")
        for name, (_, dash) in CONTROLS.items():
            _control(fig, rows.loc["robust", f"{name}_value"], name, dash, look, axes)
        colors = {"all": look.clean, "robust": look.robust, "nonrobust": look.nonrobust}
        for side, color in colors.items():
            _line(fig, rows.loc[side], color, side, look, axes, which)
        ends = apart([float(rows.loc[side, "value"].iloc[-1]) for side in colors])
        for (side, color), y in zip(colors.items(), ends, strict=True):
            _name(fig, len(betas) - 1, y, NAMES[side], color, axes)
        starts = apart([float(rows.loc["robust", f"{name}_value"].iloc[0]) for name in CONTROLS])
        for (text, _), y in zip(CONTROLS.values(), starts, strict=True):
            _name_control(fig, y, text, look, axes)
        for beta in result.summary["crossings"][which]:
            _mark(fig, position(betas, beta), f"cross at {beta:.2g}", look, axes)
        say(fig, domain[0], 1.02, f"<b>{which} images</b>, predicted as labeled", look.text, yanchor="bottom")
    margin = {"l": 3.2 * look.size, "r": 12 * look.size, "t": 2.4 * look.size, "b": 3.6 * look.size}
    return fig.update_layout(margin=margin)


def counts(result: StoredResult, look: Look) -> go.Figure:
    """Mean number of channels on each side, the middle half of the images as a band, images without a robust one."""
    table, betas = result.table("counts"), result.summary["betas"]
    x = np.arange(len(betas))
    fig = figure(look, 22)
    _beta_axis(fig, 0, betas, (0.0, 1.0), look)
    for side, color, name in (("robust", look.robust, "● robust"), ("nonrobust", look.nonrobust, "▲ non-robust")):
        _band(fig, x, table[f"{side}_q25"], table[f"{side}_q75"], color)
        style = {"color": color, "width": 2.5, "dash": "solid" if side == "robust" else "dash"}
        fig.add_scatter(
            x=x, y=table[f"{side}_mean"], mode="lines+markers", line=style,
            marker={"symbol": "circle" if side == "robust" else "triangle-up", "size": 8},
            hovertemplate="%{y:.1f} channels<extra>" + name + "</extra>",
        )  # fmt: skip
        _name(fig, x[-1], float(table[f"{side}_mean"].iloc[-1]), name, color, {})
    empty = [f"{share:.0%}" for share in table["empty"]]
    say(fig, 0, 1.02, "channels an image, mean and middle half; below: images with no robust channel", look.muted,
        yanchor="bottom")  # fmt: skip
    ticks = [f"{beta:g}<br>{share}" for beta, share in zip(betas, empty, strict=True)]
    fig.update_xaxes(ticktext=ticks)
    fig.update_yaxes(range=(0, result.summary["channels"] * 1.02), tickformat="~g")
    margin = {"l": 3.2 * look.size, "r": 8 * look.size, "t": 2.4 * look.size, "b": 5 * look.size}
    return fig.update_layout(margin=margin)


def position(betas: Sequence[float], beta: float) -> float:
    """Where a beta lies on the axis: grid point i at i, between them straight in log beta (in beta after 0)."""
    after = int(np.clip(np.searchsorted(betas, beta), 1, len(betas) - 1))
    low, high = betas[after - 1], betas[after]
    share = np.log(beta / low) / np.log(high / low) if low > 0 else beta / high
    return after - 1 + float(share)


def apart(heights: Sequence[float], least: float = 0.055) -> list[float]:
    """The heights of labels, moved down where two would cover each other."""
    placed, below = list(heights), np.inf
    for i in np.argsort(heights)[::-1]:
        placed[i] = below = min(heights[i], below - least)
    return placed


def _axes(number: int) -> dict[str, str]:
    suffix = str(number + 1) if number else ""
    return {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}


def _beta_axis(fig: go.Figure, number: int, betas: Sequence[float], domain: tuple[float, float], look: Look) -> None:
    suffix = str(number + 1) if number else ""
    ticks = {"tickvals": list(range(len(betas))), "ticktext": [f"{beta:g}" for beta in betas]}
    title = {"text": "β, weight of the KL term", "standoff": 4, "font": {"size": look.size}}
    fig.layout[f"xaxis{suffix}"] = {
        **ticks, "domain": domain, "range": (-0.3, len(betas) - 0.7), "anchor": f"y{suffix}", "title": title,
        "showgrid": False,
    }  # fmt: skip
    fig.layout[f"yaxis{suffix}"] = {"range": (-0.02, 1.02), "tickformat": ".0%", "anchor": f"x{suffix}"}


def _line(
    fig: go.Figure, rows: pd.DataFrame, color: str, side: str, look: Look, axes: dict[str, str], which: str
) -> None:
    x = np.arange(len(rows))
    _band(fig, x, rows["low"], rows["high"], color, axes)
    symbol = {"all": "line-ew", "robust": "circle", "nonrobust": "triangle-up"}[side]
    marker: dict[str, Any] = {"symbol": symbol, "size": 8, "color": color, "line": {"color": color, "width": 1.5}}
    if which == "attacked":
        marker["color"] = look.background
    dash, width = ("dash" if side == "nonrobust" else "solid"), (1.5 if side == "all" else 2.5)
    fig.add_scatter(
        x=x, y=rows["value"], mode="lines" if side == "all" else "lines+markers", marker=marker,
        line={"color": color, "width": width, "dash": dash},
        hovertemplate="%{y:.1%}<extra>" + NAMES[side] + "</extra>", **axes,
    )  # fmt: skip


def _control(fig: go.Figure, values: pd.Series, name: str, dash: str, look: Look, axes: dict[str, str]) -> None:
    fig.add_scatter(
        x=np.arange(len(values)), y=values, mode="lines", line={"color": look.muted, "width": 1.2, "dash": dash},
        hovertemplate="%{y:.1%}<extra>control: " + CONTROLS[name][0] + "</extra>", **axes,
    )  # fmt: skip


def _name_control(fig: go.Figure, y: float, text: str, look: Look, axes: dict[str, str]) -> None:
    fig.add_annotation(
        x=0, y=y, xref=axes["xaxis"], yref=axes["yaxis"], text=f"control: {text}", showarrow=False, xanchor="left",
        yanchor="bottom", font={"color": look.muted, "size": look.size - 2},
    )  # fmt: skip


def _band(
    fig: go.Figure, x: NDArray[Any], low: pd.Series, high: pd.Series, color: str, axes: dict[str, str] | None = None
) -> None:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    fig.add_scatter(
        x=np.concatenate([x, x[::-1]]), y=np.concatenate([low, high[::-1]]), fill="toself", mode="lines",
        line={"width": 0}, fillcolor=f"rgba({red},{green},{blue},0.15)", hoverinfo="skip", **(axes or {}),
    )  # fmt: skip


def _name(fig: go.Figure, x: float, y: float, text: str, color: str, axes: dict[str, str]) -> None:
    fig.add_annotation(
        x=x, y=y, xref=axes.get("xaxis", "x"), yref=axes.get("yaxis", "y"), text=f"<b>{text}</b>", showarrow=False,
        xanchor="left", xshift=8, font={"color": color},
    )  # fmt: skip


def _mark(fig: go.Figure, x: float, text: str, look: Look, axes: dict[str, str]) -> None:
    fig.add_shape(
        type="line", x0=x, x1=x, y0=0, y1=1, xref=axes["xaxis"], yref=axes["yaxis"], layer="below",
        line={"color": tint(look.text, 0.5, look), "width": 1, "dash": "dot"},
    )  # fmt: skip
    fig.add_annotation(
        x=x, y=0, xref=axes["xaxis"], yref=axes["yaxis"], text=text, showarrow=False, xanchor="left", yanchor="bottom",
        xshift=3, font={"color": look.muted, "size": look.size - 1},
    )  # fmt: skip
