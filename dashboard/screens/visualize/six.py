"""The finding: clean and attacked, from all, robust and non-robust channels, with what each picture is called."""

from collections.abc import Sequence
from contextlib import nullcontext

import streamlit as st
from numpy.typing import NDArray
from pandas import DataFrame

from core.analysis import pictures
from core.analysis.visualize import findings
from core.analysis.visualize.gallery import Gallery, image_name
from core.analysis.visualize.gallery import Row as Record
from core.look import Look, percent
from core.sides import STYLES
from dashboard.answers import stored_results
from dashboard.frame.view import View
from dashboard.screens.visualize import controls
from dashboard.screens.visualize.gallery import Group, Tile, TileRow, enlarged, gallery
from dashboard.screens.visualize.originals import Pair, originals
from dashboard.selection import session
from dashboard.shared.claim import answer, doubt, note
from dashboard.shared.sides import MARKED
from dashboard.shared.words import plain

LARGE, PROJECTED, SMALL = 128, 160, 64  # pixels of the screen for a picture, on a projector, and for a twin
KINDS = ("clean", "attacked")
TWINS = {("trained", "random"): "random channels", ("random", "distilled"): "random weights"}
OPTIMIZED = "Optimized pictures, not photographs: noise, changed until its features match."
OWN_SPLIT = " The attacked image is split anew, so its robust channels are others."
CLEAN_SPLIT = " The attacked image is read through the clean image's split."
COMPARE = "Beside each: random channels, random weights"


def draw(view: View) -> None:
    """The answer, the table of six beside what chooses, and the doubt."""
    found = view.stored
    if not isinstance(found, Gallery):
        controls.image(view)
        return
    image = controls.looked_at(view)
    controls.say_instead(view)
    answer(sentence(found, image))
    left, right = st.columns([2, 1] if view.presenting else [6, 5], gap="large")
    with left:
        pair = originals(found, image) if view.here else {}
        table(found, image, pair, view.look, twins=view.selection.twins, projected=view.presenting)
    with right:
        controls.image(view)
        if len(findings.tallies(found)) > 1 and view.controls:
            st.toggle(COMPARE, **session.bound("twins", view.selection.twins))
        attacked = found.config["attack"] is not None
        split = OWN_SPLIT if found.config["split_of"] == "own" else CLEAN_SPLIT
        note(OPTIMIZED + split * attacked)
    with right if view.presenting else nullcontext():  # on a projector, all of it stands above the bar
        doubt(_colored(findings.doubt(found)))


def sentence(found: Gallery, image: int) -> str:
    """What the pictures of the two sides are called, as Markdown."""
    return _colored(findings.answer(found, image, [plain(name) for name in found.class_names]))


def _colored(sentence: str) -> str:
    for name, marked in MARKED.items():
        sentence = sentence.replace(STYLES[name].marked, marked)
    return sentence


def table(found: Gallery, image: int, pair: Pair, look: Look, *, twins: bool = False, projected: bool = False) -> None:
    """Two rows of the image itself and three pictures.

    Args:
        found: with pictures of the image.
        image: that is looked at.
        pair: the image itself, clean and attacked, where it is on this machine.
        look: palette.
        twins: whether each picture stands above its twins.
        projected: whether it is for a projector, where pictures grow with the window.
    """
    room = PROJECTED if projected else LARGE
    rows, shown = findings.first(found, image), []
    for kind in [kind for kind in KINDS if (rows["images"] == kind).any()]:
        part = rows[rows["images"] == kind].to_dict("records")
        mine = [row for row in part if (row["network"], row["mask"]) == ("trained", "distilled")]
        groups = [_group(found, row, part if twins else [], room) for row in mine]  # type: ignore[arg-type]
        shown.append(TileRow("", (_itself(found, mine[0], pair, room), *groups)))  # type: ignore[arg-type]
    grow = found.config["visualization"]["image_size"] if projected else 0
    gallery("strip_pictures", shown, look, columns=4, grow=grow)


def _itself(found: Gallery, row: Record, pair: Pair, room: int) -> Group:
    """The image that the pictures of a row are drawn from, with what the network calls it."""
    kind, called = row["images"], f"called {_sure(row, 'said', found.class_names)}"
    side = enlarged(found.config["visualization"]["image_size"], room)
    pixels: NDArray | None = pair.get(kind)
    source = "" if pixels is None else pictures.small(pixels)
    alt = f"{image_name(row['image'])}, {kind}: {called}".capitalize()
    tile = Tile(source=source, side=side, lines=(called,), alt=alt, nothing="" if source else "not on this machine")
    return Group(title=f"{kind} image", tiles=(tile,))


def _group(found: Gallery, row: Record, others: Sequence[Record], room: int) -> Group:
    """One side's picture, and of `others` its twins."""
    tiles = [_tile(found, row, room, (_called(found, row),))]
    for twin, name in TWINS.items():
        same = [o for o in others if (o["network"], o["mask"]) == twin and o["side"] == row["side"]]
        for other in same:
            if other["picture"] >= 0 or twin[1] != "random":  # of nothing, nothing is drawn
                tiles.append(_tile(found, other, SMALL, (f"{name}: {_sure(other, 'view_called', found.class_names)}",)))
    return Group(title=counted(row), mark=mark(row["side"]), tiles=tuple(tiles))


def counted(row: Record) -> str:
    """How many channels of which side: "15 robust", "all 128"."""
    word = STYLES[row["side"]].word
    return f"{word} {row['channels']}" if row["side"] == "all" else f"{row['channels']} {word}"


def mark(side: str) -> str:
    """The side whose sign stands before a title; all channels have none."""
    return "" if side == "all" else side


def _tile(found: Gallery, row: Record, room: int, lines: tuple[str, ...]) -> Tile:
    source = stored_results.addresses(found)[row["picture"]] if row["picture"] >= 0 else ""
    side = enlarged(found.config["visualization"]["image_size"], room)
    of = f"Optimized picture of {row['channels']} {STYLES[row['side']].word} channels, {row['images']}"
    kept = lines if source else ()
    return Tile(source=source, side=side, lines=kept, alt=", ".join([of, *kept]), nothing=row["words"])


def tile(found: Gallery, row: Record, room: int, *before: str) -> Tile:
    """A picture with what it is called, below lines of a caller's own."""
    return _tile(found, row, room, (*before, _called(found, row)))


def _called(found: Gallery, row: Record) -> str:
    return f"called {_sure(row, 'view_called', found.class_names)}" if row["picture"] >= 0 else ""


def _sure(row: Record, column: str, names: Sequence[str]) -> str:
    return f"{names[row[column]]} {percent(row[f'{column}_probability'])}"


def named(table: DataFrame, names: Sequence[str]) -> DataFrame:
    """A stored table with class names in place of labels, without the pictures' places."""
    columns = [name for name in ("label", "said", "called", "view_called") if name in table]
    words = {name: table[name].map(lambda k: names[k] if k >= 0 else "") for name in columns}
    return table.assign(**words).drop(columns="picture")
