"""One table or figure of the paper: the printed one, ours, and what tests its reading."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from core.analysis.paper.claims import title
from core.analysis.paper.published import ITEMS, names
from core.analysis.results import StoredResult
from core.datasets import DATASETS
from core.look import Look
from core.models import MODELS
from dashboard.frame.view import View
from dashboard.screens.paper import figures as paper_figures
from dashboard.screens.paper import tables as paper
from dashboard.selection import session
from dashboard.selection.state import Selection
from dashboard.shared.words import plain

NAMES = {item: title(item) for item in ITEMS}
DATA = {name: DATASETS[name].info.title for name in names("data")}
NETWORKS = {name: MODELS.title(name) for name in names("network")}
FIELDS = ("item", "printed_data", "printed_network")  # of the selection that nothing else draws from


def drawn(view: View, found: Mapping[str, Mapping[str, StoredResult]], best: str) -> None:
    """The item that is open, with the choice of it."""
    selection = view.selection
    if selection.ours not in {best, *view.catalog.cards}:
        selection = replace(selection, ours="")
    st.segmented_control(
        "Table or figure", ITEMS, format_func=NAMES.__getitem__, required=True, **session.bound("item", selection.item)
    )
    if selection.item.startswith("table"):
        table(selection, found[selection.item], view.look)
    else:
        paper_figures.drawn(selection, found[selection.item], view.catalog, best, view.look)


def table(selection: Selection, results: Mapping[str, StoredResult], look: Look) -> None:
    """One table of one data set and network, and its controls."""
    card = results[selection.ours].card if selection.ours in results else None
    with st.container(horizontal=True, gap="small"):
        data = one_of("Data set", DATA, "printed_data", selection.printed_data or (card.data if card else ""))
        network = one_of(
            "Network", NETWORKS, "printed_network", selection.printed_network or (card.network if card else "")
        )
    shown = paper.table(selection.item, data, network, results, selection.ours, look)
    if selection.item not in ("table1", "table2"):
        return
    if selection.ours in results and selection.ours not in shown:
        st.caption(f"{plain(selection.ours)} is not in this table, which is printed for another data set or network.")
        shown = [selection.ours]
    for name in shown[:1]:
        paper.controls(selection.item, results[name], look)


def one_of(label: str, names: dict[str, str], field: str, chosen: str) -> str:
    """A choice among names, kept in a field of the selection; what is not among them is the first."""
    chosen = chosen if chosen in names else next(iter(names))
    st.segmented_control(label, [*names], format_func=names.__getitem__, required=True, **session.bound(field, chosen))
    return chosen
