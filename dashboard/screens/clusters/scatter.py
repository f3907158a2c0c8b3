"""Maps of the same points side by side, drawn in the browser: a click or a lasso answers without the server."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import streamlit as st

from core.analysis.clusters.figures.panels import Maps
from core.look import Look
from dashboard.shared.chart import chosen_format
from dashboard.shared.svg import script

_draw = st.components.v2.component(
    "feature_sieve_scatter",
    html='<div id="scatter"></div>',
    css=Path(__file__).with_name("scatter.css").read_text(encoding="utf-8"),
    js=script(__file__, "scatter.js", "scatter_selection.js", "scatter_picture.js"),
)
SHAPES = "● clean  ◇ attacked"  # where no group says so
_COLORS = ("text", "muted", "faint", "background")


def scatter(
    key: str,
    maps: Maps,
    look: Look,
    picks: dict[str, Any] | None = None,
    on_pick: Callable[[int], None] | None = None,
    alone: bool = False,
) -> None:
    """Draw the maps, three in a row.

    Args:
        key: of the component, and the name of its files.
        maps: what is drawn.
        look: palette and letter size.
        picks: what is said of a selection: `chosen` image, `label` of each image, `classes`, `colors`, `pictures`,
            `link`, `help`, `opens`; None where nothing can be selected.
        on_pick: called with the image of a point that was clicked, in the run that the click starts; None where a click
            is answered in the browser alone.
        alone: whether the maps stand without words on what is selected.
    """

    def picked() -> None:
        image = st.session_state[key].get("picked")
        if image is not None and on_pick is not None:
            on_pick(image)

    colors = {name: value for name, value in asdict(look).items() if name in _COLORS}
    data = {
        **maps.columns, **(picks or {}), "panels": maps.panels, "groups": maps.groups, "columns": 3, "file": key,
        "format": chosen_format(), "look": {**colors, "size": look.size}, "picks": picks is not None,
        "tells": on_pick is not None, "alone": alone, "context": picks is not None,
        "shapes": "" if "◇" in maps.groups[-1]["name"] else SHAPES,
    }  # fmt: skip
    _draw(key=key, data=data, on_picked_change=picked)
