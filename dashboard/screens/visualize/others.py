"""The same image by the other network, and the same targets from other starts."""

import numpy as np
import streamlit as st
from pandas import DataFrame

from core.analysis.visualize.findings import first
from core.analysis.visualize.gallery import Gallery
from core.look import number
from core.sides import STYLES
from dashboard.frame.view import View
from dashboard.screens.visualize.controls import looked_at
from dashboard.screens.visualize.gallery import Group, TileRow, gallery
from dashboard.screens.visualize.six import counted, mark, tile
from dashboard.shared.words import network_name, plain

SMALL = 96  # pixels of the screen that a picture may take


def has_rival(view: View) -> bool:
    """Whether there are pictures by the other network."""
    return isinstance(view.stored, Gallery) and isinstance(view.rival, Gallery)


def rival(view: View) -> None:
    """The same image drawn from the network that is compared, without twins."""
    found = view.rival
    assert isinstance(found, Gallery)
    table = first(found, looked_at(view))
    mine = table[(table["network"] == "trained") & (table["mask"] == "distilled")]
    st.markdown(f"Drawn from **{plain(network_name(view.catalog.cards[view.selection.compare]))}**.")
    rows = []
    for kind, part in mine.groupby("images", sort=False):
        groups = [
            Group(title=counted(row), mark=mark(row["side"]),
                  tiles=(tile(found, row, SMALL),))  # type: ignore[arg-type]
            for row in part.to_dict("records")
        ]  # fmt: skip
        rows.append(TileRow(str(kind), tuple(groups)))
    gallery("rival_pictures", rows, view.look)


def has_starts(view: View) -> bool:
    """Whether there are pictures from more than one start."""
    return isinstance(view.stored, Gallery) and len(view.stored.seeds) > 1


def starts(view: View) -> None:
    """The same targets from other starts, side by side."""
    found = view.stored
    assert isinstance(found, Gallery)
    table = found.strips
    table = table[(table["image"] == looked_at(view)) & (table["images"] == "clean")]
    mine = table[(table["network"] == "trained") & (table["mask"] == "distilled")]
    st.markdown(_alike(found, mine))
    groups = []
    for side, part in mine.groupby("side", sort=False):
        tiles = [tile(found, row, SMALL, f"seed {row['seed']}") for row in part.to_dict("records")]  # type: ignore[arg-type]
        title = f"{STYLES[str(side)].word} channels"
        groups.append(Group(title=title, mark=mark(str(side)), tiles=tuple(tiles), beside=True))
    gallery("seed_pictures", [TileRow("", tuple(groups))], view.look)


def _alike(found: Gallery, mine: DataFrame) -> str:
    """How far pictures of the same target from two starts agree, in numbers."""
    drawn = mine[mine["picture"] >= 0]
    pairs = [group.sort_values("seed") for _, group in drawn.groupby("side") if len(group) > 1]
    if not pairs:
        return "Another start, and another draw of the transforms."
    pixels = [[found.pictures[p].ravel().astype(float) for p in pair["picture"].iloc[:2]] for pair in pairs]
    same = sum(len(set(pair["view_called"])) == 1 for pair in pairs)
    alike = float(np.mean([np.corrcoef(a, b)[0, 1] for a, b in pixels]))
    return (
        f"No: from another start, {same} of {len(pairs)} pictures are called the same, but their pixels correlate at "
        f"{number(alike)}, where 1 is the same picture."
    )
