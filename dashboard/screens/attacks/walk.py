"""The walk of one image in the browser: a slider over each chart moves pictures, sentence and markers, no server."""

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core.analysis.attacks.walk import Walk
from core.look import Look

_SCRIPTS = ("walk.js", "walk_chart.js")  # one after the other, one module
_draw = st.components.v2.component(
    "feature_sieve_walk",
    html='<div id="walk"></div>',
    css=Path(__file__).with_name("walk.css").read_text(encoding="utf-8"),
    js="\n".join(Path(__file__).with_name(name).read_text(encoding="utf-8") for name in _SCRIPTS),
)
_COLORS = ("text", "muted", "faint", "background")


def walk(key: str, data: dict[str, Any], look: Look) -> None:
    """Draw what `core.analysis.attacks.figures.step_panels.drawn` returned; the slider begins at the end."""
    colors = {name: getattr(look, name) for name in _COLORS}
    _draw(key=key, data={**data, "look": {**colors, "size": look.size}})


def table(way: Walk) -> pd.DataFrame:
    """Probability of every class, a row a position and side."""
    parts = [
        pd.DataFrame(values, columns=list(way.class_names)).assign(read=side, step=way.positions)
        for side, values in way.probabilities.items()
    ]
    return pd.concat(parts).set_index(["step", "read"])
