"""The form that makes other maps, and how the ones shown were made."""

import streamlit as st

from core.analysis.results import StoredResult
from dashboard.frame.form import Ask
from dashboard.frame.form import form as experiment_form
from dashboard.frame.provenance import of_split
from dashboard.frame.view import View
from dashboard.selection.state import NO_ATTACK

VECTORS = {"flat": "every number of the feature map", "pooled": "channel means after the ReLU"}
SHORT = {"flat": "every number", "pooled": "channel means"}
LEAST, MOST = 50, 1000  # images of a map made here
TAKES = "one to ten minutes"


def form(view: View) -> None:
    """Choose how a map is made, and make it."""
    if view.selection.attack == NO_ATTACK:
        st.info("A map compares clean and attacked images; choose an attack in the settings above.")
        return
    most = min(MOST, view.catalog.images[view.selection.data])
    asks = {
        "n": Ask(label="Test images", help="", least=min(LEAST, most), most=most, step=50, width=130),
        "perplexity": Ask(help="", least=2.0, most=100.0, step=5.0, width=130),
        "vector": Ask(label="What of the features", help="", choices=SHORT),
    }
    experiment_form(
        view, "clusters", asks, takes=TAKES, note="Attack, β, cut and seed are those of the settings above."
    )


def sources(_: View, result: StoredResult) -> list[str]:
    """How the points came onto the map."""
    config, main = result.config, result.table("maps").iloc[0]
    return [
        of_split("clean"),
        f"{VECTORS[config['vector']]}; given a wrong label where it is said",
        f"t-SNE of {main['points']} points, perplexity {main['perplexity']:g}, {config['iterations']} iterations from "
        "principal components",
    ]
