"""Robust and non-robust features on one map, clean and attacked, with the same map for a wrong label (Fig. 2)."""

import streamlit as st

from core.analysis.results import StoredResult
from dashboard.frame.page import page
from dashboard.frame.view import Kind, View
from dashboard.screens.clusters.maps import lead, maps, switches
from dashboard.screens.clusters.settings import TAKES, form, sources
from dashboard.screens.clusters.tables import multiples, table

READ = (
    "One t-SNE map, drawn three times: each panel shows one side of the channels in color and the clean points of the "
    "other two in gray. A name stands where most points of that label lie among their own. What is near is "
    "alike; sizes and distances of groups say little."
)


def draw(view: View) -> None:
    """The stored maps, what is selected on them, and what they are worth."""
    st.markdown(lead(view.result, view.rival))
    if view.shows("controls"):
        switches(view.selection)
    maps(view, view.result)
    st.caption(READ)
    table(view.result)
    multiples(view.result, view.look)


def same_maps(result: StoredResult, rival: StoredResult) -> bool:
    """Whether two networks were mapped in the same way."""
    return result.config == rival.config


KIND = Kind(
    name="clusters", noun="map of", takes=TAKES, options="--n 600", form=form, title="Make another map",
    comparable=same_maps, sources=sources,
)  # fmt: skip
page("clusters", draw, kind=KIND)
