"""The NeurIPS 2021 paper made again: each table and figure, published beside ours, and what the numbers say."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from core.analysis.paper.published import ITEMS, names
from core.analysis.results import StoredResult
from core.datasets import DATASETS
from core.look import Look
from core.models import MODELS
from dashboard.answers import stored_results
from dashboard.frame.header import Header
from dashboard.frame.page import page
from dashboard.frame.provenance import of_model
from dashboard.frame.view import View
from dashboard.screens.paper import essay as paper_essay
from dashboard.screens.paper import figures as paper_figures
from dashboard.screens.paper import tables as paper
from dashboard.selection import session
from dashboard.selection.state import Selection
from dashboard.shared.words import plain

NAMES = {item: f"{item[:-1].capitalize()} {item[-1]}" for item in ITEMS}
DATA = {name: DATASETS[name].info.title for name in names("data")}
NETWORKS = {name: MODELS.title(name) for name in names("network")}
TABLES = tuple(item for item in ITEMS if item.startswith("table"))
PAPER = (
    "*Distilling Robust and Non-Robust Features in Adversarial Examples by Information Bottleneck* (NeurIPS 2021) "
    "splits the channels of each image and reads both sides. Here is every table and figure of it, printed and ours: "
    "first what the numbers say, then the [tables and figures](#items) themselves."
)


def draw(view: View) -> None:
    """What reproduces, then the item that is open."""
    selection, catalog = view.selection, view.catalog
    st.markdown(PAPER)
    found = {item: stored_results.measured(f"paper-{item}", catalog.cards) for item in TABLES}
    ours, best = paper_essay.networks(found)
    if best:
        if view.controls:
            paper_essay.choose_ours(selection, ours, best)
        paper_essay.written(selection.ours if selection.ours in ours else best, catalog, found)
    else:
        st.info("None of the tables has been made for a network that is here.", icon=":material/hourglass:")
        st.code(f"python -m core paper all --models {selection.model} --n 500", language="bash", wrap_lines=True)
    if selection.ours not in {*ours, *catalog.cards}:
        selection = replace(selection, ours="")
    st.subheader("Tables and figures", anchor="items")
    st.segmented_control(
        "Table or figure", ITEMS, format_func=NAMES.__getitem__, required=True, **session.bound("item", selection.item)
    )
    if selection.item in found:
        table(selection, found[selection.item], view.look)
    else:
        paper_figures.drawn(selection, catalog, best, view.look)


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


def sources(view: View) -> list[str]:
    """The network that the text is about, and when its tables were made."""
    found = {item: stored_results.measured(f"paper-{item}", view.catalog.cards) for item in TABLES}
    ours, best = paper_essay.networks(found)
    name = view.selection.ours if view.selection.ours in ours else best
    of_it = [results[name] for results in found.values() if name in results]
    if not of_it:
        return []
    made, data = sorted(result.manifest["made"][:10] for result in of_it), of_it[0].manifest["data"]
    return [
        "printed: Tables 1 to 4 of the paper, from its text",
        f"ours: {of_model(of_it[0].manifest['model'])}, first {data['n']} test images of {data['name']}",
        f"stored, made {' to '.join(dict.fromkeys((made[0], made[-1])))}",
    ]


page("paper", draw, above=Header(models=False, settings=False), sources=sources)
