"""The maps that the page opens with: where nobody chose a network, those on which there is something to see."""

import streamlit as st

from core.analysis.results import StoredResult
from dashboard.answers import stored_results
from dashboard.frame.view import View
from dashboard.selection import session
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import PAPERS, Selection

DATA = "cifar10"  # its classes are hard to tell apart; of the first data set nearly all neighbors share their class


def example(view: View) -> StoredResult | None:
    """The stored maps of the example, where nobody chose a network or other settings than the paper's."""
    selection, catalog = view.selection, view.catalog
    if not (selection.example and _untouched(selection, catalog)):
        return None
    return _stored(catalog)


def _stored(catalog: Catalog) -> StoredResult | None:
    if DATA not in catalog.data:
        return None
    name = catalog.models_of(DATA)[0]
    return stored_results.stored_result("clusters", name, catalog.cards[name].sha256)


def _untouched(selection: Selection, catalog: Catalog) -> bool:
    """Whether it is what an address without data, model and settings opens."""
    usual = Selection()
    first = selection.data == usual.data and selection.model == catalog.models_of(usual.data)[0]
    return first and not selection.run and all(getattr(selection, name) == value for name, value in PAPERS.items())


def leave_example(view: View) -> None:
    """The way from the example to what is chosen."""
    if not view.presenting:
        st.button(
            f"Show {view.selection.data} instead", key="own_maps", type="tertiary", on_click=session.choose,
            kwargs={"example": False},
        )  # fmt: skip


def back_to_example(view: View) -> None:
    """The way back to the example that was left."""
    left = not view.selection.example and _untouched(view.selection, view.catalog)
    if left and not view.presenting and _stored(view.catalog) is not None:
        st.button(
            f"Back to the example, {DATA}", key="example_maps", type="tertiary", on_click=session.choose,
            kwargs={"example": True},
        )  # fmt: skip
