"""Stored pictures of single channels, and of the channels that many images of a class share, beside their twins."""

from urllib.parse import urlencode

import streamlit as st

from core.analysis.visualize.gallery import Gallery
from core.analysis.visualize.gallery import Row as Record
from core.look import number, percent
from dashboard.answers import stored_results
from dashboard.frame.view import View
from dashboard.screens.visualize.gallery import Group, Tile, TileRow, enlarged, gallery
from dashboard.screens.visualize.six import named
from dashboard.selection.address import to_parameters
from dashboard.selection.state import Selection
from dashboard.shared.claim import note
from dashboard.shared.table import show_data

LARGE, SMALL = 128, 64  # pixels of the screen that a picture and its twin may take
SIDES = {"robust": "● Robust channels of the class", "nonrobust": "▲ Non-robust channels of the class"}


def drawn_of(view: View) -> Gallery | None:
    """The gallery whose channels are shown: the first of the model that has any."""
    every = stored_results.results_of("visualize", view.selection.model, view.card.sha256, Gallery).values()
    return next((one for one in every if isinstance(one, Gallery) and one.channels is not None), None)


def has_single(view: View) -> bool:
    """Whether single channels are drawn."""
    found = drawn_of(view)
    return found is not None and found.channels is not None and bool((found.channels["channel"] >= 0).any())


def has_shared(view: View) -> bool:
    """Whether the channels of classes are drawn."""
    found = drawn_of(view)
    return found is not None and found.channels is not None and bool((found.channels["channel"] < 0).any())


def single(view: View) -> None:
    """Single channels, the most often robust first; the title of each leads to its card on the Explain page."""
    found, selection = drawn_of(view), view.selection
    assert found is not None
    assert found.channels is not None
    survey = stored_results.stored_result("start", selection.model, view.card.sha256)
    share = {} if survey is None else survey.table("channels").set_index("channel")["robust_share"].to_dict()
    table = found.channels[found.channels["channel"] >= 0]
    order = sorted(dict.fromkeys(table["channel"]), key=lambda k: -share.get(k, 0.0))
    st.markdown(f"{len(order)} channels{', the most often robust first' if share else ''}.")
    groups = []
    for channel in order:
        rows = table[table["channel"] == channel].to_dict("records")
        robust = [f"robust in {percent(share[channel])}"] if channel in share else []
        groups.append(_group(found, f"channel {channel}", rows, robust, link=_card(selection, channel)))  # type: ignore[arg-type]
    gallery("channel_pictures", [TileRow("", tuple(groups))], view.look)
    note(
        "Small: the same channel of the same network with random weights. “Reaches” is the channel's mean activation, "
        f"“images” the highest of {found.config['union_n']} test images: what a picture adds is beyond the data."
    )


def shared(view: View) -> None:
    """For every class the channels that are robust, or are not, in most of its images, raised together."""
    found = drawn_of(view)
    assert found is not None
    assert found.channels is not None
    table, names = found.channels[found.channels["channel"] < 0], found.class_names
    st.markdown(_tally(found) + " The sides were found given the true label, so a class that appears is no finding.")
    rows = []
    for side, name in SIDES.items():
        part = table[table["side"] == side]
        groups = [
            _group(found, names[label], part[part["label"] == label].to_dict("records"), [], mark=side)  # type: ignore[arg-type]
            for label in dict.fromkeys(part["label"])
        ]
        rows.append(TileRow(name, tuple(groups)))
    gallery("class_pictures", rows, view.look)
    note(
        f"All channels that stand on one side in at least {percent(found.config['union_share'])} of a class's images "
        f"among the first {found.config['union_n']}, raised together. Small: the same channels with random weights."
    )
    indexed = named(found.channels, names).set_index(["network", "channel", "label", "side", "mask"])
    show_data(indexed, "visualize-channels")


def _tally(found: Gallery) -> str:
    table = found.channels
    assert table is not None
    own = table[(table["network"] == "trained") & (table["mask"] == "distilled") & (table["channel"] < 0)]
    told = []
    for side, sign in (("robust", "● robust"), ("nonrobust", "▲ non-robust")):
        part = own[(own["side"] == side) & (own["picture"] >= 0)]
        told.append(f"{int((part['view_called'] == part['label']).sum())} of {len(part)} {sign} pictures")
    return f"Called their own class: {' and '.join(told)}."


def _group(found: Gallery, title: str, rows: list[Record], more: list[str], mark: str = "", link: str = "") -> Group:
    by = {(row["network"], row["mask"] == "random"): row for row in rows}
    first = by["trained", False]
    count = [f"{first['channels']} channels"] if first["channel"] < 0 else []
    tiles = [_tile(found, first, LARGE, (*count, *more, *_called(found, first), _reached(first)), title)]
    for twin, name in ((("trained", True), "at random"), (("random", False), "random weights")):
        if row := by.get(twin):
            tiles.append(_tile(found, row, SMALL, (f"{name}:", _reached(row)), title))
    return Group(title=title, tiles=tuple(tiles), mark=mark, link=link)


def _called(found: Gallery, row: Record) -> list[str]:
    if row["view_called"] < 0:
        return []
    return [f"called {found.class_names[row['view_called']]} {percent(row['view_called_probability'])}"]


def _reached(row: Record) -> str:
    return f"reaches {number(row['view_activation'])}, images {number(row['highest'])}"


def _tile(found: Gallery, row: Record, room: int, lines: tuple[str, ...], title: str) -> Tile:
    source = stored_results.addresses(found)[row["picture"]] if row["picture"] >= 0 else ""
    kept, side = (lines if source else ()), enlarged(found.config["visualization"]["image_size"], room)
    alt = ", ".join([f"Optimized picture, {title}", *kept])
    return Tile(source=source, side=side, lines=kept, alt=alt, nothing=row["words"])


def _card(selection: Selection, channel: int) -> str:
    card = selection.change(channel=int(channel), run="", open=())
    return f"explain?{urlencode(to_parameters(card))}"
