"""Panels with a slider over them, drawn and moved in the browser."""

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import streamlit as st

from core.analysis.slider import Slides
from core.look import Look
from dashboard.shared.chart import chosen_format
from dashboard.shared.svg import script

_draw = st.components.v2.component(
    "feature_sieve_slider",
    html='<div id="slider"></div>',
    css=Path(__file__).with_name("slider.css").read_text(encoding="utf-8"),
    js=script(__file__, "slider_panels.js", "slider.js"),
)
_COLORS = ("text", "muted", "faint", "background", "size")


def slider(slides: Slides, look: Look, key: str, label: str, group: str = "", *, saves: bool = True) -> None:
    """Draw the panels and the slider that moves them; the server hears nothing of it.

    Args:
        slides: what is drawn.
        look: palette and letter size.
        key: of the component, and the name of its files.
        label: of the slider, for who cannot see it.
        group: sliders of one group move together; empty is a group of its own.
        saves: whether the picture can be taken away.
    """
    colors = {name: value for name, value in asdict(look).items() if name in _COLORS}
    more = {"label": label, "group": group or key, "file": key, "look": colors}
    more["format"] = chosen_format() if saves else ""
    _draw(key=key, data=_plain(asdict(slides)) | more)


def _plain(value: Any) -> Any:
    """As JSON has it: no number is a gap."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and math.isnan(value) else value
