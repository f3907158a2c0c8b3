"""The form that makes another assignment, and what of one's making the page says."""

import streamlit as st

from core.analysis.results import StoredResult
from dashboard.frame.form import Ask
from dashboard.frame.form import form as experiment_form
from dashboard.frame.view import View
from dashboard.selection.state import NO_ATTACK

LEAST, MOST = 50, 2000  # images
MOST_SEEDS = 20
TAKES = "half a minute to some minutes"


def form(view: View) -> None:
    """Choose how many images and seeds, and compute."""
    if view.selection.attack == NO_ATTACK:
        st.info("Clean and attacked images are compared; choose an attack in the settings above.")
        return
    most = min(MOST, view.catalog.images[view.selection.data])
    asks = {
        "n": Ask(label="Test images", help="", least=min(LEAST, most), most=most, step=50, width=130),
        "seeds": Ask(label="Noise seeds", help="", least=1, most=MOST_SEEDS, width=130),
    }
    note = "Attack, β, cut and the first seed are those of the settings above."
    experiment_form(view, "channels", asks, takes=TAKES, note=note)


def sources(_view: View, _result: StoredResult) -> list[str]:
    """What the edits are read from."""
    return ["edits read activations stored in 255 steps a channel; the attack was made on the whole network"]
