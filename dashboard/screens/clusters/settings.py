"""The form that makes other maps, and how the ones shown were made."""

import streamlit as st

from core.analysis.results import StoredResult
from dashboard.frame.compute import chosen_settings, compute
from dashboard.frame.provenance import of_split
from dashboard.frame.view import View
from dashboard.selection.state import NO_ATTACK

VECTORS = {"flat": "every number of the feature map", "pooled": "channel means after the ReLU"}
LEAST, USUAL, MOST = 50, 600, 1000  # images of a map made here
TAKES = "one to ten minutes"


def form(view: View) -> None:
    """Choose how a map is made, and make it."""
    if view.selection.attack == NO_ATTACK:
        st.info("A map compares clean and attacked images; choose an attack in the settings above.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        most = min(MOST, view.catalog.images[view.selection.data])
        n = st.number_input("Test images", min(LEAST, most), most, min(USUAL, most), 50, key="embed_n", width=130)
        perplexity = st.number_input("Perplexity", 2.0, 100.0, 30.0, 5.0, key="embed_perplexity", width=130)
        vector = st.segmented_control(
            "What of the features", [*VECTORS], format_func=VECTORS.__getitem__, default="flat", required=True,
            key="embed_vector",
        )  # fmt: skip
    st.caption("Attack, β, cut and seed are those of the settings above.")
    options = {"n": n, "perplexity": perplexity, "vector": vector} | chosen_settings(view)
    compute(view, "clusters", options, TAKES)


def sources(_: View, result: StoredResult) -> list[str]:
    """How the points came onto the map."""
    config, main = result.config, result.table("maps").iloc[0]
    return [
        of_split("clean"),
        f"{VECTORS[config['vector']]}; a wrong label supplied where it is said",
        f"t-SNE of {main['points']} points, perplexity {main['perplexity']:g}, {config['iterations']} iterations from "
        "principal components",
    ]
