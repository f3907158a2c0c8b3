"""Small pictures in rows, each beside its twins: enlarged by whole factors, with captions as text."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from core.look import Look

_draw = st.components.v2.component(
    "feature_sieve_gallery",
    html='<div id="gallery"></div>',
    css=Path(__file__).with_name("gallery.css").read_text(encoding="utf-8"),
    js=Path(__file__).with_name("gallery.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One picture.

    Args:
        source: its pixels as a data address, not enlarged; empty where there is nothing to draw.
        side: on the screen, in pixels, a multiple of the picture's.
        lines: below it.
        alt: what it shows, for who cannot see it.
        nothing: in its place where there is no picture.
    """

    source: str
    side: int
    lines: tuple[str, ...]
    alt: str
    nothing: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """A picture and its twins.

    Args:
        title: above them.
        tiles: the picture, then its twins.
        mark: "robust" or "nonrobust" puts the sign of that side before the title, in its color.
        link: of the title, relative to the page; empty is none.
        beside: the twins in a row, not one below the other.
    """

    title: str
    tiles: tuple[Tile, ...]
    mark: str = ""
    link: str = ""
    beside: bool = False


@dataclass(frozen=True)
class TileRow:
    """Groups side by side, as many as fit, under a title."""

    title: str
    groups: tuple[Group, ...]


def enlarged(size: int, room: int) -> int:
    """The largest multiple of `size` within `room` pixels of the screen, at least `size` itself."""
    return size * max(1, room // size)


def gallery(key: str, rows: Sequence[TileRow], look: Look, columns: int = 0, grow: int = 0) -> None:
    """Draw the rows.

    Args:
        key: of the element.
        rows: of groups.
        look: palette.
        columns: of a table, in which groups of all rows stand below each other; 0 puts as many side by side as fit.
        grow: pixels of a picture itself, by whole multiples of which the first of each group grows with the window; 0
            keeps it as large as it is.
    """
    colors = {"robust": look.robust, "nonrobust": look.nonrobust}
    _draw(key=key, data={"rows": [asdict(row) for row in rows], "colors": colors, "columns": columns, "grow": grow})
