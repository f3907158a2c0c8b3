"""The form that makes another sweep."""

import streamlit as st

from dashboard.frame.compute import chosen_settings, compute
from dashboard.frame.view import View
from dashboard.selection.state import NO_ATTACK

LEAST, USUAL = 50, 500  # images
TAKES = "some minutes"


def form(view: View) -> None:
    """Choose how many images, and sweep."""
    if view.selection.attack == NO_ATTACK:
        st.info("Clean and attacked images are compared; choose an attack in the settings above.")
        return
    most = view.catalog.images[view.selection.data]
    n = st.number_input("Test images", min(LEAST, most), most, min(USUAL, most), 50, key="sweep_n", width=130)
    st.caption("Attack, cut and seed are those of the settings above.")
    options = chosen_settings(view) | {"n": int(n)}
    compute(view, "bottleneck", options, TAKES)
