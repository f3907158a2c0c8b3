"""A stored set of t-SNE maps in words and pictures."""

from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from core.analysis.results import StoredResult
from core.look import Look
from dashboard.answers import at_hand
from dashboard.frame.view import View
from dashboard.screens.clusters import panels as drawn
from dashboard.screens.clusters.scatter import scatter
from dashboard.selection import session
from dashboard.selection.state import COLORS, MAPS, Selection, to_parameters
from dashboard.shared import images
from dashboard.shared.words import percent, plain

STORED_MAPS = {"true": "true label", "wrong": "wrong label", "random": "random mask"}
MAP_NAMES = {"true": "True label", "wrong": "Wrong label", "random": "Random mask"}
COLOR_NAMES = {"label": "label supplied", "class": "true class", "attack": "clean or attacked"}
SHORT = ("all", "● robust", "▲ non-robust")
TITLES = {
    "true": ("All channels", "● Robust alone", "▲ Non-robust alone"),
    "wrong": ("All channels", "● Robust, given a wrong label", "▲ Non-robust, given a wrong label"),
    "random": ("All channels", "As many as robust, at random", "The rest of them"),
}
COLUMN = {"label": "supplied", "class": "label", "attack": "attack"}
HELP = "Click a point, or draw around some with the mouse; or press a class above. Arrow keys step from image to image."
OPENS = "Clean images, also for attacked points. A click opens one in Explain, in a new tab."


def lead(result: StoredResult, rival: StoredResult | None) -> str:
    """What the maps show, measured in feature space, with its controls; Markdown."""
    quality = result.table("quality")
    by, k = _purity(quality), int(quality["neighbors"].iloc[0])
    chance = float(quality.loc[quality["by"] == "true", "chance"].iloc[0])
    kept, echo = (by["wrong label", "robust", "clean", label] for label in ("true", "supplied"))
    drawn_at_random = by["random mask", "robust", "clean", "true"]
    (robust, attacked), nonrobust, everything = (_pair(by, side) for side in ("robust", "nonrobust", "all"))
    text = (
        f"With the true label supplied, **{robust} of a point's {k} nearest neighbors share its class in the "
        f":blue[● robust] channels, {attacked} attacked**; in the :orange[▲ non-robust] ones "
        f"{' and '.join(nonrobust)}, in all channels {' and '.join(everything)} (by chance {percent(chance)}). "
        f"{verdict(kept, echo, chance)} with a wrong label supplied, {percent(echo)} share *that* label and "
        f"{percent(kept)} the true class; as many channels drawn at random, other ones for each image, leave "
        f"{percent(drawn_at_random)}."
    )
    if rival is not None:
        beside = _purity(rival.table("quality"))
        echo = beside["wrong label", "robust", "clean", "supplied"]
        text += (
            f" Beside it, {plain(rival.manifest['model']['name'])}: {' and '.join(_pair(beside, 'robust'))} in the "
            f"robust channels, {percent(echo)} by a wrong label supplied."
        )
    return text


def verdict(kept: float, echo: float, chance: float) -> str:
    """Whether points that were split with a wrong label group by that label rather than by their class."""
    if echo > kept:
        return "Mostly they follow the label supplied:"
    return "The label supplied explains part of that:" if echo > 2 * chance else "The label supplied changes little:"


def _purity(quality: pd.DataFrame) -> "pd.Series[float]":
    return quality.set_index(["map", "side", "images", "by"])["purity"].sort_index()


def _pair(by: "pd.Series[float]", side: str) -> list[str]:
    return [percent(by["true label", side, when, "true"]) for when in drawn.IMAGES]


def switches(selection: Selection) -> None:
    """Which map, and what its colors stand for."""
    with st.container(key="map_switches", horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            "Channels split with (two are controls)", MAPS, format_func=MAP_NAMES.__getitem__, required=True,
            **session.bound("map", selection.map),
        )  # fmt: skip
        colors = {name: COLOR_NAMES[name] for name in COLORS}
        if selection.map != "wrong":  # the label supplied is the class
            colors = {"class": "class", "attack": colors["attack"]}
        color = selection.color if selection.color in colors else "class"
        st.segmented_control(
            "Color", [*colors], format_func=colors.__getitem__, required=True, **session.bound("color", color)
        )


@st.fragment
def maps(view: View, result: StoredResult) -> None:
    """The three sides on one map, and beside it what is selected."""
    selection, look = view.selection, view.look
    session.keep(session.current())  # a click changes the image in the address, and nothing else on the page
    points, names = result.table("points"), result.manifest["class_names"]
    points = points[points["map"] == STORED_MAPS[selection.map]]
    by = COLUMN[selection.color]
    named = "label" if selection.color == "class" else "supplied"
    panels = drawn.map_panels(points, _titles(result, selection.map), named, names)
    panels = [panel | {"short": short} for panel, short in zip(panels, SHORT, strict=True)]
    columns = drawn.map_columns(points, by)
    scatter(
        "clusters", panels, columns, drawn.groups(by, names, look), look,
        picks=_picks(view, result), on_pick=lambda image: session.choose(image=image),
    )  # fmt: skip


def every_map(key: str, result: StoredResult, look: Look) -> None:
    """All maps of a result, a row each: split by the true label, by a wrong one, and as many channels at random."""
    points, names = result.table("points"), result.manifest["class_names"]
    panels: list[drawn.Panel] = []
    for which, name in STORED_MAPS.items():
        panels += drawn.map_panels(points[points["map"] == name], _titles(result, which), "label", names)
    columns = drawn.map_columns(points[points["map"] == STORED_MAPS["true"]], "label")
    scatter(key, panels, columns, drawn.groups("label", names, look), look)


def _titles(result: StoredResult, which: str) -> list[tuple[str, str]]:
    by = _purity(result.table("quality"))
    found = []
    for side, title in zip(drawn.SIDES, TITLES[which], strict=True):
        at = by[STORED_MAPS[which], side]
        clean, attacked = (percent(at[when, "true"]) for when in drawn.IMAGES)
        says = f"purity {clean}, attacked {attacked}"
        if which == "wrong":
            says += f"; by label supplied {percent(at['clean', 'supplied'])}"
        found.append((title, says))
    return found


def _picks(view: View, result: StoredResult) -> dict[str, Any]:
    selection, made, n = view.selection, result.manifest, int(result.manifest["data"]["n"])
    pictures = None
    if view.here:
        source, columns = at_hand.sheet(selection.data, n), images.COLUMNS
        pictures = {"source": source, "columns": columns, "rows": -(-n // columns)}
    explain = to_parameters(selection.change(map="true", color="label", run=""))
    del explain["image"]
    return {
        "chosen": selection.image if selection.image < n else -1, "classes": made["class_names"],
        "colors": view.look.classes, "pictures": pictures, "link": f"explain?{urlencode(explain)}", "help": HELP,
        "opens": OPENS, "absent": f"The images of {selection.data} are not on this machine: index and class only.",
    }  # fmt: skip
