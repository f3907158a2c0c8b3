"""What the network says: the most probable classes, best first. Names stand above bars, so that it fits 360 px."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.analysis.empty_set import NOTHING
from core.look import Look, column, figure, percent, shown, tint
from core.sides import STYLES

WIDTH = 1.5  # of a panel, in bars of probability 1; what is left holds the percentage
GAP, SPACE = 0.05, 0.006  # between panels and before a number, as shares of the figure
TITLES = {"all": "all channels", "robust": f"{STYLES['robust'].marked} only", "nonrobust": STYLES["nonrobust"].marked}
LINE = 1.4  # height of a heading, in letter sizes; so are all heights below
SLOT = 2.6  # of a class: its name, its bar and a gap
NAME, BAR, THICK = 0.75, 1.75, 0.75  # middle of its name and of its bar in the slot, and the bar's thickness
LONGEST = 16  # letters of a class name


@dataclass(frozen=True)
class Panel:
    """One little bar chart of a prediction.

    Args:
        title: above it, plain text; a line break is kept.
        color: of its bars.
        probabilities: of every class, (k,); None where there is no channel that could say anything.
    """

    title: str
    color: str
    probabilities: NDArray[np.floating] | None


def side_panels(
    when: str, probabilities: Mapping[str, NDArray[np.floating]], sizes: Mapping[str, int], look: Look
) -> list[Panel]:
    """What all, the robust and the non-robust channels say of one image.

    Args:
        when: "clean" or "adversarial".
        probabilities: by side, (k,).
        sizes: number of channels by side; a side that has none says nothing.
        look: palette.
    """
    colors = look.sides(attacked=when != "clean")
    return [
        Panel(title, colors[side], probabilities[side])
        if sizes[side]
        else Panel(f"{title[0]} none: empty", colors[side], None)
        for side, title in TITLES.items()
    ]


def predictions(
    rows: Sequence[tuple[str, Sequence[Panel]]], class_names: Sequence[str], true: int | None, look: Look, top: int = 4
) -> go.Figure:
    """The most probable classes of every panel, with the true class ticked; rows answer each other.

    All panels share one pair of axes, across in shares of the figure, down in letter sizes: it draws in a fraction of
    the time that as many subplots take.

    Args:
        rows: title and panels of each row, left to right.
        class_names: in label order.
        true: index of the true class; None where nobody knows it.
        look: palette and letter size.
        top: classes shown in each panel.
    """
    top, canvas, down = min(top, len(class_names)), _Canvas(look), 0.2
    lines = max(panel.title.count("\n") + 1 for _, panels in rows for panel in panels)
    for title, panels in rows:
        if title:
            canvas.say(0, down + LINE / 2, f"<b>{shown(title)}</b>", look.text)
            down += LINE
        for number, panel in enumerate(panels):
            left, right = column(number, len(panels), GAP)
            canvas.say(left, down + lines * LINE / 2, f"<b>{_lines(panel.title)}</b>", panel.color)
            _draw(canvas, panel, left, (right - left) / WIDTH, down + lines * LINE, class_names, true, top)
        down += lines * LINE + SLOT * top + 0.3
    return canvas.figure(down)


@dataclass
class _Canvas:
    """Bars and words, collected to be drawn as one trace each."""

    look: Look
    bars: list[tuple[float, float, float, float, str, str]] = field(default_factory=list)
    words: list[tuple[float, float, str, str]] = field(default_factory=list)

    def say(self, x: float, y: float, text: str, color: str) -> None:
        """Write `text`, which is escaped, from `x` on, its middle at height `y`."""
        self.words.append((x, y, text, color))

    def bar(self, x: float, y: float, full: float, value: float, color: str, hover: str) -> None:
        """A bar of `value` times `full`, on a track of length `full`."""
        self.bars.append((x, y, full, value * full, color, hover))

    def figure(self, height: float) -> go.Figure:
        """Everything collected; `height` in letter sizes."""
        fig = figure(self.look, height)
        bar: dict[str, Any] = {"orientation": "h", "width": THICK}
        if self.bars:  # where every side is empty there is none
            x, y, full, length, colors, hover = zip(*self.bars, strict=True)
            bar |= {"y": y, "base": x}
            fig.add_bar(x=full, marker={"color": self.look.faint, "line": {"width": 0}}, hoverinfo="skip", **bar)
            fig.add_bar(x=length, marker={"color": colors, "line": {"width": 0}}, hovertemplate=hover, **bar)
        x, y, text, colors = zip(*self.words, strict=True)
        font = {"color": colors}
        fig.add_scatter(
            x=x, y=y, text=text, mode="text", textposition="middle right", textfont=font, hoverinfo="skip",
            cliponaxis=False,
        )  # fmt: skip
        return fig.update_layout(
            barmode="overlay",
            margin={"l": 0, "r": 0, "t": 0, "b": 0},
            xaxis={"range": (0, 1), "visible": False},
            yaxis={"range": (height, 0), "visible": False},
        )


def _lines(title: str) -> str:
    return "<br>".join(shown(line) for line in title.split("\n"))


def _draw(
    canvas: _Canvas,
    panel: Panel,
    left: float,
    full: float,
    down: float,
    class_names: Sequence[str],
    true: int | None,
    top: int,
) -> None:
    look = canvas.look
    if panel.probabilities is None:
        canvas.say(left, down + NAME, NOTHING, look.muted)
        return
    for i, k in enumerate(np.argsort(-panel.probabilities, kind="stable")[:top]):
        value, slot = float(panel.probabilities[k]), down + SLOT * i
        color = panel.color if i == 0 else tint(panel.color, 0.5, look)
        canvas.say(left, slot + NAME, _named(class_names[k], first=i == 0, true=k == true), look.text)
        canvas.bar(left, slot + BAR, full, value, color, f"{shown(class_names[k])}: {percent(value)}<extra></extra>")
        canvas.say(left + full + SPACE, slot + BAR, percent(value), look.muted)


def _named(name: str, first: bool, true: bool) -> str:
    text = shown(name, LONGEST) + (" ✓" if true else "")
    return f"<b>{text}</b>" if first else text
