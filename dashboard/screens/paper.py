"""The NeurIPS 2021 paper made again: each table and figure, published beside ours, and what the numbers say."""

import streamlit as st

from core.analysis.results import Result
from dashboard import session
from dashboard.catalog import Catalog
from dashboard.parts import paper, paper_figures
from dashboard.parts.page import page
from dashboard.scene import look
from dashboard.state import ITEMS, Selection
from dashboard.words import plain

NAMES = {item: f"{item[:-1].capitalize()} {item[-1]}" for item in ITEMS}
PAPER = (
    "*Distilling Robust and Non-Robust Features in Adversarial Examples by Information Bottleneck* (NeurIPS 2021) "
    "splits the channels of each image and reads both sides. Here is every table and figure of it, printed and ours."
)


def draw(selection: Selection, catalog: Catalog) -> None:
    """What reproduces, then the item that is open."""
    st.markdown(PAPER)
    found = {item: paper.results_of(item, catalog) for item in ITEMS if item.startswith("table")}
    written(selection, catalog, found)
    st.segmented_control(
        "Table or figure", ITEMS, format_func=NAMES.__getitem__, required=True, **session.bound("item", selection.item)
    )
    if selection.item in found:
        table(selection, catalog, found[selection.item])
    else:
        paper_figures.drawn(selection, catalog, look(selection))


def written(selection: Selection, catalog: Catalog, found: dict[str, dict[str, Result]]) -> None:
    """The essay of the chosen network, or of the first that has results."""
    made = [name for name in found["table1"] if catalog.cards[name].data == "cifar10"] or [*found["table1"]]
    if not made:
        st.info("None of the tables has been made for a network that is here.", icon=":material/hourglass:")
        st.code(f"python -m core paper all --models {selection.model} --n 500", language="bash")
        return
    name = selection.model if selection.model in found["table1"] else made[0]
    st.subheader("What reproduces, what does not, what the controls say", anchor="essay")
    if name != selection.model:
        st.caption(f"{plain(selection.model)} has no results here; these are of {plain(name)}.")
    paper.essay(name, catalog, {item: results[name] for item, results in found.items() if name in results})


def table(selection: Selection, catalog: Catalog, results: dict[str, Result]) -> None:
    """One table of one data set and network, and its controls."""
    with st.container(horizontal=True, gap="small"):
        data = one_of("Data set", paper.WHERE)
        network = one_of("Network", paper.NETWORKS)
    paper.table(selection.item, data, network, catalog, results)
    if selection.item in ("table1", "table2") and results:
        name = selection.model if selection.model in results else next(iter(results))
        st.caption(f"Controls on {plain(name)}.")
        paper.controls(selection.item, results[name], look(selection))


def one_of(label: str, names: dict[str, str]) -> str:
    """A choice among the names that are certain."""
    known = [name for name in names if " or " not in name]
    return st.segmented_control(label, known, format_func=lambda name: names[name], default=known[0], required=True)


page("The paper, made again", draw, settings=False)
