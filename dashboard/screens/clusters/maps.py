"""A stored set of t-SNE maps, what is selected on it, and what it claims."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from core.analysis.clusters import findings
from core.analysis.clusters.figures import panels as drawn
from core.sides import NAMED
from dashboard.answers import at_hand
from dashboard.frame.view import View
from dashboard.screens.clusters.example import back_to_example, leave_example
from dashboard.screens.clusters.scatter import scatter
from dashboard.selection import session
from dashboard.selection.address import to_parameters
from dashboard.selection.state import COLORS, MAPS
from dashboard.shared import images
from dashboard.shared.claim import answer, doubt, note

MAP_NAMES = {"true": "True label", "wrong": "Wrong label", "random": "At random"}
COLOR_NAMES = {"label": "Color: label given", "class": "Color: class", "attack": "Clean or attacked"}
AT_RANDOM = ("all", "as many, at random", "the rest")  # what the sides of that map are
HELP = "Click a point, draw around some, or press a class above the maps."
OPENS = "The clean images; each opens in Explain, in a new tab."
READ = "One t-SNE map, drawn three times: near means alike; sizes and distances of groups say little."


def first_screen(view: View) -> None:
    """How far the features group by class, the maps, and why the groups prove little."""
    by = findings.purity(view.result)
    answer(findings.answer_sentence(by, drawn.STORED_MAPS[view.selection.map]))
    with st.container(key="above_maps", horizontal=True, vertical_alignment="center", gap="small"):
        if view.shows("controls"):
            switches(view)
        if view.is_example:
            leave_example(view)
        else:
            back_to_example(view)
    doubted = findings.doubt_sentence(by, findings.chance(view.result))
    if view.presenting:  # a projector is wide and low
        left, right = st.columns([3, 1], vertical_alignment="center")
        with left:
            maps(view)
        with right:
            doubt(doubted)
    else:
        maps(view)
        doubt(doubted)
        note(READ)


def switches(view: View) -> None:
    """Which map, and, where one sits before it, what its colors stand for."""
    selection = view.selection
    st.segmented_control(
        "Channels split with", MAPS, format_func=MAP_NAMES.__getitem__, required=True, label_visibility="collapsed",
        **session.bound("map", selection.map),
    )  # fmt: skip
    if view.presenting:
        return
    names = [*COLORS] if selection.map == "wrong" else ["class", "attack"]  # elsewhere the label given is the class
    color = selection.color if selection.color in names else "class"
    st.segmented_control(
        "Color", names, format_func=COLOR_NAMES.__getitem__, required=True, label_visibility="collapsed",
        **session.bound("color", color),
    )  # fmt: skip


@st.fragment
def maps(view: View) -> None:
    """The three sides on one map, and beside it what is selected."""
    session.keep(session.standing())  # a click changes the image in the address, and nothing else on the page
    found = drawn.one_map(view.result, view.selection.map, view.selection.color, view.look)
    short = AT_RANDOM if view.selection.map == "random" else NAMED.values()
    panels = [panel | {"short": name} for panel, name in zip(found.panels, short, strict=True)]
    mine = not view.is_example
    scatter(
        "clusters", replace(found, panels=panels), view.look,
        picks=_picks(view), on_pick=(lambda image: session.choose(image=image)) if mine else None,
        alone=view.presenting,
    )  # fmt: skip


def _picks(view: View) -> dict[str, Any]:
    selection, summary = view.selection, view.result.manifest
    data, model, n = summary["data"]["name"], summary["model"]["name"], int(summary["data"]["n"])
    pictures = None
    if data in view.catalog.images:
        source, columns = at_hand.sheet(data, n), images.COLUMNS
        pictures = {"source": source, "columns": columns, "rows": -(-n // columns)}
    if view.is_example:
        selection = selection.change(data=data).change(model=model)
    explain = to_parameters(selection.change(map="true", color="label", run=""))
    del explain["image"]
    return {
        "chosen": selection.image if selection.image < n else -1, "classes": summary["class_names"],
        "colors": view.look.classes, "pictures": pictures, "link": f"explain?{urlencode(explain)}", "help": HELP,
        "opens": OPENS,
    }  # fmt: skip
