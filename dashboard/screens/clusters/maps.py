"""A stored set of t-SNE maps in words and pictures."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from core.analysis.clusters.figures import panels as drawn
from core.analysis.results import StoredResult
from core.look import percent
from core.sides import NAMED
from dashboard.answers import at_hand
from dashboard.frame.view import View
from dashboard.screens.clusters.scatter import scatter
from dashboard.selection import session
from dashboard.selection.address import to_parameters
from dashboard.selection.state import COLORS, MAPS, Selection
from dashboard.shared import images
from dashboard.shared.sides import MARKED
from dashboard.shared.words import plain

MAP_NAMES = {"true": "True label", "wrong": "Wrong label", "random": "Random mask"}
COLOR_NAMES = {"label": "label supplied", "class": "true class", "attack": "clean or attacked"}
HELP = "Click a point, or draw around some with the mouse; or press a class above. Arrow keys step from image to image."
OPENS = "Clean images, also for attacked points. A click opens one in Explain, in a new tab."


def lead(result: StoredResult, rival: StoredResult | None) -> str:
    """What the maps show, measured in feature space, with its controls; Markdown."""
    quality = result.table("quality")
    by, k = drawn.purity(result), int(quality["neighbors"].iloc[0])
    chance = float(quality.loc[quality["by"] == "true", "chance"].iloc[0])
    kept, echo = (by["wrong label", "robust", "clean", label] for label in ("true", "supplied"))
    drawn_at_random = by["random mask", "robust", "clean", "true"]
    (robust, attacked), nonrobust, everything = (_pair(by, side) for side in ("robust", "nonrobust", "all"))
    text = (
        f"With the true label supplied, **{robust} of a point's {k} nearest neighbors share its class in the "
        f"{MARKED['robust']} channels, {attacked} attacked**; in the {MARKED['nonrobust']} ones "
        f"{' and '.join(nonrobust)}, in all channels {' and '.join(everything)} (by chance {percent(chance)}). "
        f"{verdict(kept, echo, chance)} with a wrong label supplied, {percent(echo)} share *that* label and "
        f"{percent(kept)} the true class; as many channels drawn at random, other ones for each image, leave "
        f"{percent(drawn_at_random)}."
    )
    if rival is not None:
        beside = drawn.purity(rival)
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
    found = drawn.one_map(result, selection.map, selection.color, look)
    panels = [panel | {"short": short} for panel, short in zip(found.panels, NAMED.values(), strict=True)]
    scatter(
        "clusters", replace(found, panels=panels), look,
        picks=_picks(view, result), on_pick=lambda image: session.choose(image=image),
    )  # fmt: skip


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
