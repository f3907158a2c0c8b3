"""The form that makes another assignment, and what of one's making the page says."""

import streamlit as st

from core.analysis.results import StoredResult
from dashboard.frame.compute import chosen_settings, compute
from dashboard.frame.view import View
from dashboard.selection.state import NO_ATTACK

LEAST, USUAL, MOST = 50, 500, 2000  # images
MOST_SEEDS = 20
TAKES = "half a minute to some minutes"


def form(view: View) -> None:
    """Choose how many images and seeds, and compute."""
    if view.selection.attack == NO_ATTACK:
        st.info("Clean and attacked images are compared; choose an attack in the settings above.")
        return
    most = min(MOST, view.catalog.images[view.selection.data])
    with st.container(horizontal=True, gap="medium"):
        n = st.number_input("Test images", min(LEAST, most), most, min(USUAL, most), 50, key="channels_n", width=130)
        seeds = st.number_input("Noise seeds", 1, MOST_SEEDS, 5, key="channels_seeds", width=130)
    st.caption("Attack, β, cut and the first seed are those of the settings above.")
    compute(view, "channels", {"n": n, "seeds": seeds} | chosen_settings(view), TAKES)


def sources(_view: View, _result: StoredResult) -> list[str]:
    """What the edits are read from."""
    return ["edits read activations stored in 255 steps a channel; the attack was made on the whole network"]
