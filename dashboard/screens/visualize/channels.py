"""Stored pictures of single channels, and of the channels that many images of a class share, beside their twins."""

from urllib.parse import urlencode

import streamlit as st

from core.analysis.visualize.gallery import Gallery
from core.analysis.visualize.gallery import Row as Record
from core.look import Look, percent
from dashboard.answers import stored_results
from dashboard.screens.visualize.gallery import Group, Tile, TileRow, enlarged, gallery
from dashboard.screens.visualize.strip import named, number
from dashboard.selection.address import to_parameters
from dashboard.selection.state import Selection
from dashboard.shared.table import show_data

LARGE, SMALL = 128, 64  # pixels of the screen that a picture and its twin may take


def channels(found: Gallery, selection: Selection, look: Look, sha256: str) -> None:
    """Single channels, the most often robust first; the title of each leads to its card on the Explain page."""
    if (table := found.channels) is None or (table["channel"] < 0).all():
        return
    survey = stored_results.stored_result("start", selection.model, sha256)
    share = {} if survey is None else survey.table("channels").set_index("channel")["robust_share"].to_dict()
    single = table[table["channel"] >= 0]
    order = sorted(dict.fromkeys(single["channel"]), key=lambda k: -share.get(k, 0.0))
    st.subheader("What raises one channel?", anchor="channels")
    seen = "" if survey is None else f", the most often robust first, of {survey.summary['n']} test images"
    st.markdown(
        f"{len(order)} channels{seen}. Small: the same channel of a network with random weights. “Reaches” is the "
        f"channel's mean activation, “images” the highest of {found.config['union_n']} test images, both in the "
        "optimizer's views: what a picture adds to it is beyond the data."
    )
    groups = []
    for channel in order:
        rows = single[single["channel"] == channel].to_dict("records")
        robust = [f"robust in {percent(share[channel])}"] if channel in share else []
        groups.append(_group(found, f"channel {channel}", rows, robust, link=_card(selection, channel)))  # type: ignore[arg-type]
    gallery("channel_pictures", [TileRow("", tuple(groups))], look)


def classes(found: Gallery, look: Look) -> None:
    """For every class the channels that are robust, or are not, in most of its images, raised together."""
    if (table := found.channels) is None or (table["channel"] >= 0).all():
        return
    share, names = found.config["union_share"], found.class_names
    st.subheader("And the channels that a class shares?", anchor="classes")
    st.markdown(
        f"All channels that stand on one side in at least {percent(share)} of a class's images among the first "
        f"{found.config['union_n']} test images, raised together. The side is found with the true label supplied, so "
        "that a class appears is no finding by itself."
    )
    rows, unions = [], table[table["channel"] < 0]
    for side, name in (
        ("robust", "● Robust channels of the class"),
        ("nonrobust", "▲ Non-robust channels of the class"),
    ):
        part = unions[unions["side"] == side]
        groups = [
            _group(found, names[label], part[part["label"] == label].to_dict("records"), [], mark=side)  # type: ignore[arg-type]
            for label in dict.fromkeys(part["label"])
        ]
        rows.append(TileRow(name, tuple(groups)))
    gallery("class_pictures", rows, look)
    called = unions[(unions["network"] == "trained") & (unions["mask"] == "distilled") & (unions["picture"] >= 0)]
    told = [
        f"{int((part['view_called'] == part['label']).sum())} of {len(part)} {'▲' if side == 'nonrobust' else '●'}"
        for side, part in called.groupby("side", sort=False)
    ]
    st.caption(f"Called their own class: {', '.join(told)}. Small: the same channels of a network with random weights.")
    show_data(named(table, names).set_index(["network", "channel", "label", "side", "mask"]), "visualize-channels")


def _group(found: Gallery, title: str, rows: list[Record], more: list[str], mark: str = "", link: str = "") -> Group:
    by = {(row["network"], row["mask"] == "random"): row for row in rows}
    first = by["trained", False]
    count = [f"{first['channels']} channels"] if first["channel"] < 0 else []
    reached = f"reaches {number(first['view_activation'])}, images {number(first['highest'])}"
    called = (
        ""
        if first["view_called"] < 0
        else f"called {found.class_names[first['view_called']]} {first['view_called_probability']:.0%}"
    )
    tiles = [_tile(found, first, LARGE, (*count, *more, called, reached), title)]
    for twin, name in ((("trained", True), "at random"), (("random", False), "random weights")):
        if row := by.get(twin):
            lines = (f"{name}:", f"{number(row['view_activation'])}, images {number(row['highest'])}")
            tiles.append(_tile(found, row, SMALL, lines, title))
    return Group(title=title, tiles=tuple(tiles), mark=mark, link=link)


def _tile(found: Gallery, row: Record, room: int, lines: tuple[str, ...], title: str) -> Tile:
    source = stored_results.addresses(found)[row["picture"]] if row["picture"] >= 0 else ""
    kept, side = (lines if source else ()), enlarged(found.config["visualization"]["image_size"], room)
    alt = ", ".join([f"Optimized picture, {title}", *kept])
    return Tile(source=source, side=side, lines=kept, alt=alt, nothing=row["words"])


def _card(selection: Selection, channel: int) -> str:
    return f"explain?{urlencode(to_parameters(selection.change(channel=int(channel), run='')))}"
