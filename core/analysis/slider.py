"""What moves with one slider: panels side by side, a sentence a position. Numbers and words only; others draw them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Dash = Literal["", "dash", "dot", "dashdot"]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One curve over the positions.

    Args:
        name: stands at its end.
        values: one a position; NaN leaves a gap.
        color: of a look.
        dash: "" for a full line, else "dash", "dot" or "dashdot"; it doubles the color.
        symbol: of its points as plotly calls it, "" for none.
        low, high: of the band around it; empty for none.
        quiet: whether it is a control: thin, and without its value where the slider stands.
    """

    name: str
    values: Sequence[float]
    color: str
    dash: Dash = ""
    symbol: str = ""
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    quiet: bool = False


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Curves over the positions of the slider.

    Args:
        title: above it.
        lines: the last is drawn on top.
        says: the takeaway, for who cannot see it.
        top: upper end of its axis, which begins at 0.
        form: whether values are fractions, written as percents, or numbers.
        marks: a position, whole or between two, and what is to be said of it.
    """

    title: str
    lines: Sequence[Line]
    says: str
    top: float = 1.0
    form: Literal["percent", "number"] = "percent"
    marks: Sequence[tuple[float, str]] = ()
    kind: str = "lines"


@dataclass(frozen=True, kw_only=True)
class Shots:
    """A picture that changes with the position.

    Args:
        title: above it.
        sources: one a position, as data addresses.
        says: what it shows, for who cannot see it.
    """

    title: str
    sources: Sequence[str]
    says: str
    kind: str = "shots"


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Signed bars that change with the position.

    Args:
        title: above it.
        values: of each bar, one row a position; those above 0 have the first color.
        names: of the bars.
        colors: above 0 and below it.
        reach: the axis runs from minus this to this; what is beyond is cut.
        ticks: a value and what is written at it.
        says: the takeaway, for who cannot see it.
    """

    title: str
    values: Sequence[Sequence[float]]
    names: Sequence[str]
    colors: tuple[str, str]
    reach: float
    ticks: Sequence[tuple[float, str]]
    says: str
    kind: str = "columns"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What someone says at each position, and how surely.

    Args:
        name: who.
        color: of the bar.
        words: one a position.
        shares: length of the bar, 0 to 1, one a position.
    """

    name: str
    color: str
    words: Sequence[str]
    shares: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Readings:
    """Rows of readings; `title` stands above them, `says` is for who cannot see them."""

    title: str
    rows: Sequence[Reading]
    says: str
    kind: str = "readings"


@dataclass(frozen=True, kw_only=True)
class Slides:
    """Everything that one slider moves.

    Args:
        positions: what each is called, in order; with `prefix` before it where it is said.
        sentences: one a position, plain text.
        panels: in order.
        start: position at first.
        prefix: what a position is of.
    """

    positions: Sequence[str]
    sentences: Sequence[str]
    panels: Sequence[Panel | Shots | Columns | Readings]
    start: int = 0
    prefix: str = ""
