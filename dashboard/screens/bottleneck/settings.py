"""The form that makes another sweep."""

import streamlit as st

from dashboard.frame.form import Ask
from dashboard.frame.form import form as experiment_form
from dashboard.frame.view import View
from dashboard.selection.state import NO_ATTACK

LEAST = 50  # images
TAKES = "some minutes"


def form(view: View) -> None:
    """Choose how many images, and sweep."""
    if view.selection.attack == NO_ATTACK:
        st.info("Clean and attacked images are compared; choose an attack in the settings above.")
        return
    most = view.catalog.images[view.selection.data]
    asks = {"n": Ask(label="Test images", help="", least=min(LEAST, most), most=most, step=50, width=130)}
    note = "Attack, cut and seed are those of the settings above."
    experiment_form(view, "bottleneck", asks, takes=TAKES, note=note, header=("attack", "cut", "seed"))
