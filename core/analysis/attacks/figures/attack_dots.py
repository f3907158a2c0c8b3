"""Accuracy under attack: a line an attack, its name in the margin, its value at its dot, the worst case marked."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.look import Look, figure, percent, shown

ROW = 2.0  # height of an attack, in letter sizes; so are all heights
LETTER = 0.54  # mean width of a letter, in its size
LONGEST = 16  # letters of a name in the margin; a longer one takes two lines
END = 0.87  # a row that is drawn upon beyond has its value on the other side
GAP = "\u00a0\u00a0"  # between a value and what stands beside it


@dataclass(frozen=True)
class AttackRow:
    """One attack's accuracy.

    Args:
        name: in words; what stands in brackets goes to a second line where there is no room.
        value, low, high: in [0, 1].
        attacked: whether there was an attack at all.
        strong: whether it is what the others lead to: the worst case.
        rival: the other model's accuracy under the same attack; None where it has none.
        printed: the paper's, in [0, 1]; None where it prints none for such a network.
    """

    name: str
    value: float
    low: float
    high: float
    attacked: bool = True
    strong: bool = False
    rival: float | None = None
    printed: float | None = None


def dots(rows: Sequence[AttackRow], look: Look, beside: str = "") -> go.Figure:
    """A dot with its 95 % interval for each attack; the other model hollow, the paper's a cross.

    Args:
        rows: top to bottom.
        look: palette and letter size.
        beside: name of the other model, for the hover.
    """
    fig = figure(look, ROW * len(rows) + 2.6)
    places = [-float(i) for i in range(len(rows))]
    for row in rows:
        if row.strong:
            fig.add_vline(x=row.value, line={"color": look.muted, "width": 1.2, "dash": "dot"}, layer="below")
    _intervals(fig, rows, places, look)
    _values(fig, rows, places, look)
    _others(fig, rows, places, look, beside)
    names = [_margin(row) for row in rows]
    widest = max(len(line) for row in rows for line in _lines(row.name))
    levels = [0, 0.25, 0.5, 0.75, 1]
    return fig.update_layout(
        margin={"l": round(LETTER * widest * look.size) + 14, "r": 14, "t": 4, "b": round(2.0 * look.size)},
        xaxis={"range": (-0.01, 1.03), "tickvals": levels, "ticktext": [percent(level) for level in levels]},
        yaxis={
            "range": (places[-1] - 0.6, 0.6), "tickvals": places, "ticktext": names, "showgrid": False,
            "color": look.text, "ticklabelstandoff": 4,
        },
    )  # fmt: skip


def _lines(name: str) -> list[str]:
    """A name as it stands in the margin."""
    head, bracket, tail = name.partition(" (")
    return [name] if not bracket or len(name) <= LONGEST else [head, f"({tail}"]


def _margin(row: AttackRow) -> str:
    text = "<br>".join(shown(line) for line in _lines(row.name))
    return f"<b>{text}</b>" if row.strong else text


def _intervals(fig: go.Figure, rows: Sequence[AttackRow], places: Sequence[float], look: Look) -> None:
    for place, row in zip(places, rows, strict=True):
        line = {"color": _color(row, look), "width": 3 if row.strong else 2}
        fig.add_scatter(x=[row.low, row.high], y=[place, place], mode="lines", line=line, hoverinfo="skip")
    style = {
        "size": [13 if row.strong else 10 for row in rows],
        "symbol": ["square" if row.strong else "circle" for row in rows],
        "color": [_color(row, look) for row in rows],
        "opacity": 1,
    }
    hover = [f"{shown(row.name)}: {percent(row.value)}, {percent(row.low)} to {percent(row.high)}" for row in rows]
    fig.add_scatter(
        x=[row.value for row in rows], y=places, mode="markers", marker=style, hovertext=hover, hoverinfo="text"
    )


def _values(fig: go.Figure, rows: Sequence[AttackRow], places: Sequence[float], look: Look) -> None:
    """The number beside the dot, beyond its interval and whatever else is marked there; on the left where it must."""
    ends = [_ends(row) for row in rows]
    right, texts = [high < END for _, high in ends], [percent(row.value) for row in rows]
    fig.add_scatter(
        x=[high if free else low for (low, high), free in zip(ends, right, strict=True)], y=places, mode="text",
        text=[GAP + (f"<b>{text}</b>" if row.strong else text) + GAP for row, text in zip(rows, texts, strict=True)],
        textposition=["middle right" if free else "middle left" for free in right], textfont={"color": look.text},
        hoverinfo="skip", cliponaxis=False,
    )  # fmt: skip


def _ends(row: AttackRow) -> tuple[float, float]:
    """From where to where a row is drawn upon."""
    drawn = [row.low, row.high, *(mark for mark in (row.rival, row.printed) if mark is not None)]
    return min(drawn), max(drawn)


def _color(row: AttackRow, look: Look) -> str:
    if row.strong:
        return look.text
    return look.adversarial if row.attacked else look.clean


def _others(fig: go.Figure, rows: Sequence[AttackRow], places: Sequence[float], look: Look, beside: str) -> None:
    kinds: list[tuple[str, str, list[float | None]]] = [
        ("diamond-open", shown(beside), [row.rival for row in rows]),
        ("x-thin", "printed in the paper", [row.printed for row in rows]),
    ]
    for symbol, name, values in kinds:
        at = [(value, place) for value, place in zip(values, places, strict=True) if value is not None]
        if at:
            marker = {"symbol": symbol, "size": 10, "color": look.text, "line": {"color": look.text, "width": 2}}
            fig.add_scatter(
                x=[value for value, _ in at], y=[place for _, place in at], mode="markers", marker=marker,
                hovertext=[f"{name}: {percent(value)}" for value, _ in at], hoverinfo="text",
            )  # fmt: skip
