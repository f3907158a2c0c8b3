"""Robust and non-robust features on one map, clean and attacked, with the same map for a wrong label (Fig. 2)."""

import streamlit as st

from dashboard.answers import stored_results
from dashboard.answers.scene import look
from dashboard.frame import stored
from dashboard.frame.page import page
from dashboard.screens.clusters import maps as clusters
from dashboard.screens.clusters import tables as cluster_tables
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import Selection
from dashboard.shared.words import plain

READ = (
    "One t-SNE map, drawn three times: each panel shows one side of the channels in color and the clean points of the "
    "other two in gray. A name stands where most points of that label lie among their own. What is near is "
    "alike; sizes and distances of groups say little."
)


def draw(selection: Selection, catalog: Catalog) -> None:
    """The stored maps, what is selected on them, and what they are worth."""
    result = stored.chosen("clusters", selection, catalog)
    if result is None:
        nothing_stored(selection, catalog)
        return
    rival, palette = None, look(selection)
    if selection.compare != "none":
        others = stored_results.results_of(
            "clusters", selection.compare, catalog.cards[selection.compare].sha256
        ).values()
        rival = next((other for other in others if other.config == result.config), None)
    st.markdown(clusters.lead(result, rival))
    if "controls" not in selection.hide:
        clusters.switches(selection)
    clusters.maps(result, selection, catalog, palette)
    st.caption(READ)
    cluster_tables.table(result)
    cluster_tables.multiples(result, palette)
    if "controls" not in selection.hide:
        cluster_tables.another(selection, catalog)
    if "footer" not in selection.hide:
        cluster_tables.footer(result)


def nothing_stored(selection: Selection, catalog: Catalog) -> None:
    """No map of these weights is here: the command, and the form that runs it."""
    st.info(f"No map of **{plain(selection.model)}** is stored here yet.", icon=":material/hourglass:")
    n = min(cluster_tables.USUAL, catalog.images.get(selection.data, cluster_tables.USUAL))
    st.code(f"python -m core clusters {selection.model} --n {n}", language="bash")
    cluster_tables.another(selection, catalog)


page("Do robust features group by class?", draw)
