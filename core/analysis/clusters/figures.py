"""t-SNE maps: color is the class or the kind of feature, a full mark is a clean image, a hollow one an attacked one."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core.analysis.results import StoredResult
from core.look import Look, column, figure, say, shown

SIDES = {"all": "all channels", "robust": "robust", "nonrobust": "non-robust"}
HEADINGS = {
    "true label": "True label supplied",
    "wrong label": "Control: a wrong label supplied",
    "random mask": "Control: as many channels at random",
}
NAMED = 20  # classes; above, their names would cover the points


def figures(result: StoredResult, look: Look) -> dict[str, go.Figure]:
    """Every figure of stored maps by name."""
    return {"maps": maps(result, look), "multiples": multiples(result, look)}


def maps(result: StoredResult, look: Look) -> go.Figure:
    """Rows: true label, wrong label, random mask; columns: the sides, which share one map and its axes."""
    points, quality = result.table("points"), result.table("quality")
    names, rows = result.manifest["class_names"], list(dict.fromkeys(points["map"]))
    fig = figure(look, 78)
    for r, name in enumerate(rows):
        reach = points.loc[points["map"] == name, ["x", "y"]].abs().max() * 1.05
        high, low = 1 - r / len(rows) - 0.045, 1 - (r + 1) / len(rows) + 0.005
        say(fig, 0, high + 0.022, f"<b>{HEADINGS[name]}</b>", look.text, size=look.size + 2, yanchor="bottom")
        for c, (side, words) in enumerate(SIDES.items()):
            domain = column(c, len(SIDES), gap=0.015)
            axes = _square(fig, r * len(SIDES) + c, domain, (low, high), reach)
            part = points[(points["map"] == name) & (points["side"] == side)]
            _points(fig, part, [look.classes[label % len(look.classes)] for label in part["label"]], names, look, axes)
            _centers(fig, part, names, look, axes)
            say(fig, domain[0], high, _title(quality, name, side, words), look.text, yanchor="bottom")
    return fig.update_layout(margin={"l": 4, "r": 4, "t": look.size, "b": 4})


def multiples(result: StoredResult, look: Look) -> go.Figure:
    """Rows: perplexities; columns: seeds; color: all, robust or non-robust. What changes from map to map is drawing."""
    points, names = result.table("multiples"), result.manifest["class_names"]
    if points.empty:
        return figure(look, 4)
    rows, columns = (sorted(points[name].unique()) for name in ("perplexity", "seed"))
    colors = {"all": look.clean, "robust": look.robust, "nonrobust": look.nonrobust}
    fig = figure(look, 25 * len(rows))
    for r, perplexity in enumerate(rows):
        high, low = 1 - r / len(rows) - 0.03, 1 - (r + 1) / len(rows) + 0.005
        for c, seed in enumerate(columns):
            part = points[(points["perplexity"] == perplexity) & (points["seed"] == seed)]
            domain, reach = column(c, len(columns), gap=0.015), part[["x", "y"]].abs().max() * 1.05
            axes = _square(fig, r * len(columns) + c, domain, (low, high), reach)
            _points(fig, part, part["side"].map(colors).tolist(), names, look, axes)
            say(fig, domain[0], high, f"perplexity {perplexity:g}, seed {seed}", look.muted, yanchor="bottom")
    return fig.update_layout(margin={"l": 4, "r": 4, "t": look.size, "b": 4})


def _title(quality: pd.DataFrame, name: str, side: str, words: str) -> str:
    rows = (
        quality[(quality["map"] == name) & (quality["side"] == side)].set_index(["by", "images"])["purity"].sort_index()
    )
    said = f"{words}: purity {rows['true', 'clean']:.0%}, attacked {rows['true', 'attacked']:.0%}"
    return said + (f"; supplied {rows['supplied', 'clean']:.0%}" if ("supplied", "clean") in rows else "")


def _square(
    fig: go.Figure, number: int, domain: tuple[float, float], height: tuple[float, float], reach: pd.Series
) -> dict[str, str]:
    suffix = str(number + 1) if number else ""
    hidden = {"showgrid": False, "showticklabels": False, "fixedrange": False}
    wide, tall = ((-float(reach[name]), float(reach[name])) for name in ("x", "y"))
    fig.layout[f"xaxis{suffix}"] = {**hidden, "domain": domain, "anchor": f"y{suffix}", "range": wide}
    fig.layout[f"yaxis{suffix}"] = {**hidden, "domain": height, "anchor": f"x{suffix}", "range": tall}
    return {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}


def _points(
    fig: go.Figure, points: pd.DataFrame, colors: list[str], names: list[str], look: Look, axes: dict[str, str]
) -> None:
    """Clean points full, attacked ones hollow."""
    color = pd.Series(colors, index=points.index)
    for images in ("clean", "attacked"):
        part = points[points["images"] == images]
        ink = color[part.index].tolist()
        fill: Any = ink if images == "clean" else "rgba(0,0,0,0)"
        says = [shown(names[label]) for label in part["label"]]
        fig.add_scatter(
            x=part["x"], y=part["y"], mode="markers", customdata=list(zip(part["index"], says, strict=True)),
            marker={"size": 4, "color": fill, "line": {"color": ink, "width": 0.8}},
            hovertemplate="image %{customdata[0]}, %{customdata[1]}<extra>" + images + "</extra>", **axes,
        )  # fmt: skip


def _centers(fig: go.Figure, points: pd.DataFrame, names: list[str], look: Look, axes: dict[str, str]) -> None:
    centers = points.groupby("label")[["x", "y"]].median()
    if len(centers) > NAMED:
        return
    for label, (x, y) in zip(centers.index, centers.to_numpy(), strict=True):
        fig.add_annotation(
            x=x, y=y, xref=axes["xaxis"], yref=axes["yaxis"], text=f"<b>{shown(names[label], 12)}</b>", showarrow=False,
            font={"size": look.size - 2, "color": look.text}, bgcolor=look.background, opacity=0.8, borderpad=0,
        )  # fmt: skip
