"""Every position of the bottleneck in one figure: a slider moves a marker, one image and a sentence in the browser."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.analysis.bottleneck.figures.beta_axis import beta_axis, position
from core.analysis.empty_set import NOTHING
from core.analysis.results import StoredResult
from core.analysis.slider import MOST_LINES, SLIDER, Stack, band, line, slide
from core.look import Look, figure, shown, tint
from core.sides import ALONE, STYLES

CONTROLS = {"wrong_label": "dot", "random_mask": "dashdot"}
REACH = 3.0  # powers of ten around the tolerance that bars show
GAP = 3.4  # above a panel, in letter sizes: its title and its key


@dataclass(frozen=True)
class Curves:
    """A stored sweep: the tables `curves` and `counts`, the grid, and where accuracy curves cross, clean, attacked."""

    betas: Sequence[float]
    curves: pd.DataFrame
    counts: pd.DataFrame
    crossings: dict[str, list[float]]

    @staticmethod
    def of(result: StoredResult) -> "Curves":
        """What is drawn of a stored sweep."""
        found = result.summary
        return Curves(found["betas"], result.table("curves"), result.table("counts"), found["crossings"])


@dataclass(frozen=True)
class Along:
    """One image along the same grid.

    Args:
        margin: log10 of sigma^2 / T, positive on the robust side, (b, c), channels in the order to draw them.
        channels: their numbers, (c,).
        said: heading, color and probabilities (b, k) of each reading; those of a side without channels are NaN.
    """

    margin: NDArray[np.floating]
    channels: NDArray[np.intp]
    said: Sequence[tuple[str, str, NDArray[np.floating]]]


def bottleneck(
    main: Curves,
    sentences: Sequence[str],
    look: Look,
    *,
    rival: Curves | None = None,
    image: Along | None = None,
    class_names: Sequence[str] = (),
    true: int | None = None,
    start: int = 0,
) -> go.Figure:
    """Accuracy clean and attacked, channels of each side, empty sets and one image, with one slider over the grid.

    Args:
        main: the sweep.
        sentences: one a beta, plain text.
        look: palette and letter size.
        rival: another model's sweep on the same grid, dashed.
        image: drawn only where it is at hand.
        class_names, true: of its predictions; the true class is ticked.
        start: position of the slider at first.
    """
    canvas = _canvas(look, image)
    for panel, which in enumerate(("clean", "attacked")):
        _accuracy(canvas, panel, which, main, rival)
    _counts(canvas, 2, main, rival)
    _empty(canvas, 3, main, rival)
    if image is not None:
        _bars(canvas, 4, image)
        _said(canvas, 5, image, class_names, true)
    tops = [1.0, 1.0, float(main.counts[["robust_q75", "nonrobust_q75"]].max().max()) * 1.08, 1.0]
    for panel, top in enumerate(tops):
        states = [{"x": [i, i], "y": [0, top]} for i in range(len(main.betas))]
        mark = {"color": look.text, "width": 2}
        canvas.add({"type": "scatter", "mode": "lines", "line": mark, "hoverinfo": "skip"}, panel, states)
    slide(canvas, main.betas, sentences, start)
    return canvas.fig


def _canvas(look: Look, image: Along | None) -> Stack:
    heights = [12.0, 12.0, 10.0, 4.5, *([11.0, 2.6 * len(image.said)] if image is not None else [])]
    tops, down = [], SLIDER + 1.35 * MOST_LINES + GAP
    for number, height in enumerate(heights):
        tops.append(down)
        down += height + GAP + (2.0 if number < 4 else 0.4)
    canvas = Stack(figure(look, 1), look, tops, heights)
    canvas.fig.update_layout(
        height=round(canvas.total * look.size), margin={"l": round(3.4 * look.size), "r": 8, "t": 4, "b": 4},
        barmode="overlay", bargap=0.15,
    )  # fmt: skip
    return canvas


def _key(look: Look, words: dict[str, str]) -> str:
    colors = look.sides()
    return "  ".join(f'<span style="color:{colors[side]}"><b>{word}</b></span>' for side, word in words.items())


def _accuracy(canvas: Stack, panel: int, which: str, main: Curves, rival: Curves | None) -> None:
    look, of = canvas.look, main.curves[main.curves["images"] == which].sort_values("beta").set_index("side")
    for name, dash in CONTROLS.items():
        style = {"color": look.muted, "width": 1.5, "dash": dash}
        hover = f"%{{y:.1%}}<extra>control: {name.replace('_', ' ')}</extra>"
        canvas.add(line(of.loc["robust", f"{name}_value"], style, hover), panel)
    for side, color in look.sides().items():
        rows = of.loc[side]
        canvas.add(band(rows["low"], rows["high"], color), panel)
        hover = f"%{{y:.1%}}<extra>{side}</extra>"
        marker = {"symbol": STYLES[side].symbol, "size": 7, "color": color, "line": {"color": color, "width": 1}}
        curve = line(rows["value"], {"color": color, "width": 2.5 if side != "all" else 1.8}, hover)
        canvas.add(curve | {"mode": "lines+markers", "marker": marker}, panel)
        if rival is not None:
            other = rival.curves[(rival.curves["images"] == which) & (rival.curves["side"] == side)]
            style = {"color": color, "width": 1.8, "dash": "dash"}
            hover = f"%{{y:.1%}}<extra>{side}, beside</extra>"
            canvas.add(line(other.sort_values("beta")["value"], style, hover), panel)
    for beta in main.crossings[which]:
        _cross(canvas, panel, position(main.betas, beta), f"cross at {beta:.2g}")
    key = _key(look, ALONE)
    canvas.axes(panel, beta_axis(main.betas), {"range": (-0.02, 1.04), "tickformat": ".0%"},
                f"Predicted as labeled, {which} images", key)  # fmt: skip


def _counts(canvas: Stack, panel: int, main: Curves, rival: Curves | None) -> None:
    for side in ("robust", "nonrobust"):
        color = canvas.look.sides()[side]
        canvas.add(band(main.counts[f"{side}_q25"], main.counts[f"{side}_q75"], color), panel)
        hover = f"%{{y:.1f}} on average<extra>{side}</extra>"
        marker = {"symbol": STYLES[side].symbol, "size": 7, "color": color}
        curve = line(main.counts[f"{side}_mean"], {"color": color, "width": 2.5}, hover)
        canvas.add(curve | {"mode": "lines+markers", "marker": marker}, panel)
        if rival is not None:
            style = {"color": color, "width": 1.8, "dash": "dash"}
            hover = f"%{{y:.1f}}<extra>{side}, beside</extra>"
            canvas.add(line(rival.counts[f"{side}_mean"], style, hover), panel)
    key = _key(canvas.look, {name: STYLES[name].marked for name in ("robust", "nonrobust")}) + "  band: middle half"
    canvas.axes(panel, beta_axis(main.betas), {"rangemode": "tozero"}, "Channels an image, mean", key)


def _empty(canvas: Stack, panel: int, main: Curves, rival: Curves | None) -> None:
    bar = {"type": "bar", "hovertemplate": "%{y:.1%}<extra>no robust channel</extra>"}
    x, color = list(range(len(main.betas))), tint(canvas.look.robust, 0.55, canvas.look)
    canvas.add({**bar, "x": x, "y": main.counts["empty"].tolist(), "marker": {"color": color}}, panel)
    if rival is not None:
        style = {"color": canvas.look.robust, "width": 1.8, "dash": "dash"}
        canvas.add(line(rival.counts["empty"], style, "%{y:.1%}<extra>beside</extra>"), panel)
    ticks = {"range": (0, 1.04), "tickformat": ".0%", "tickvals": [0, 0.5, 1]}
    canvas.axes(panel, beta_axis(main.betas), ticks, "Images with no robust channel")


def _bars(canvas: Stack, panel: int, image: Along) -> None:
    """Up: more noise than the tolerance, robust; down: less."""
    margin, x = image.margin.clip(-REACH, REACH), list(range(len(image.channels)))
    for side in ("robust", "nonrobust"):
        on = margin > 0 if side == "robust" else margin <= 0
        states = [{"y": np.where(here, row, 0).round(3).tolist()} for here, row in zip(on, margin, strict=True)]
        hover = "channel %{customdata}: σ²/T = 10^%{y:.2f}<extra></extra>"
        look = {"marker": {"color": canvas.look.sides()[side]}, "customdata": image.channels.tolist()}
        canvas.add({"type": "bar", "x": x, "hovertemplate": hover, **look}, panel, states)
    ticks = {"range": (-REACH, REACH), "tickvals": [-2, 0, 2], "ticktext": ["T/100", "T", "100T"]}
    hidden = {"range": (-1, len(x)), "showticklabels": False}
    key = _key(canvas.look, {"robust": "● up: robust", "nonrobust": "▲ down: non-robust"})
    canvas.axes(panel, hidden, ticks, "This image: noise of its channels, σ²", key)


def _said(canvas: Stack, panel: int, image: Along, class_names: Sequence[str], true: int | None) -> None:
    """The most probable class of every reading, its name above its bar."""
    places, colors = -np.arange(len(image.said)), [color for _, color, _ in image.said]
    bar = {"type": "bar", "orientation": "h", "y": (places - 0.25).tolist(), "width": 0.36, "hoverinfo": "skip"}
    canvas.add({**bar, "x": [1.0] * len(places), "marker": {"color": canvas.look.faint}}, panel)
    bars, texts = [], []
    for i in range(len(image.margin)):
        read = [(heading, said[i]) for heading, _, said in image.said]
        bars.append({"x": [0.0 if np.isnan(row).any() else float(row.max()) for _, row in read]})
        texts.append({"text": [f"{heading}: {_best(row, class_names, true)}" for heading, row in read]})
    canvas.add({**bar, "marker": {"color": colors}}, panel, bars)
    words = {"type": "scatter", "mode": "text", "textposition": "middle right", "cliponaxis": False}
    words |= {"x": [0.0] * len(places), "y": (places + 0.2).tolist(), "hoverinfo": "skip"}
    canvas.add(words | {"textfont": {"color": canvas.look.text}}, panel, texts)
    hidden = {"visible": False}
    canvas.axes(panel, {"range": (0, 1.04), **hidden}, {"range": (-len(places) + 0.3, 0.6), **hidden},
                "This image: what each side says")  # fmt: skip


def _best(row: NDArray[np.floating], class_names: Sequence[str], true: int | None) -> str:
    """The most probable class of one reading (k,); nobody speaks for a side without channels."""
    if np.isnan(row).any():
        return NOTHING
    k = int(row.argmax())
    return f"<b>{shown(class_names[k], 16)}{' ✓' if k == true else ''}</b>, {row[k]:.0%}"


def _cross(canvas: Stack, panel: int, x: float, text: str) -> None:
    suffix = str(panel + 1) if panel else ""
    style = {"color": tint(canvas.look.text, 0.5, canvas.look), "width": 1, "dash": "dot"}
    canvas.fig.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, xref=f"x{suffix}", yref=f"y{suffix}", line=style)
    canvas.fig.add_annotation(
        x=x, y=0.03, xref=f"x{suffix}", yref=f"y{suffix}", text=text, showarrow=False, yanchor="bottom",
        xanchor="left" if x < 5 else "right", xshift=3 if x < 5 else -3, font={"color": canvas.look.text},
        bgcolor=canvas.look.background, opacity=0.85,
    )  # fmt: skip
