"""What the pages on stored results share: choose, guard, and the header above what a page draws."""

from collections.abc import Callable

import streamlit as st

from core.errors import InputError
from dashboard.answers import at_hand
from dashboard.answers.scene import UPLOAD
from dashboard.frame import choose
from dashboard.frame import surroundings as frame
from dashboard.frame.missing import no_models
from dashboard.selection import session
from dashboard.selection.catalog import Catalog, resolve
from dashboard.selection.state import Selection
from dashboard.shared.chart import picture_format
from dashboard.shared.words import plain

LOST = "An uploaded image lives only in the session it was given to; a test image is shown instead."


def page(title: str, draw: Callable[[Selection, Catalog], None], *, models: bool = True, settings: bool = True) -> None:
    """The controls, the title, and then `draw`; what it cannot read is said in the sentence that it comes with.

    Args:
        title: of the page.
        draw: everything below it.
        models: whether the page is about one model, so that it can be chosen.
        settings: whether the page depends on attack and distiller, so that they can be chosen.
    """
    if (chosen := opened()) is None:
        return
    selection, catalog = chosen
    header(selection, catalog, models, settings)
    frame.notes([*session.notes(), *catalog.refused])
    st.title(title, anchor=False)
    try:
        draw(selection, catalog)
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")


def opened() -> tuple[Selection, Catalog] | None:
    """What the address asks for, or the nearest that is here; without any model None, and a word on that."""
    with st.spinner("Waking the networks up; the first time takes some seconds."):
        at_hand.warmed_up().join()
        catalog = at_hand.catalog()
    if not catalog.cards:
        no_models(catalog)
        return None
    selection, notes = resolve(session.current(), catalog)
    if selection.own and UPLOAD not in st.session_state:
        selection, notes = selection.change(own=False), [*notes, LOST]
    session.keep(selection, notes)
    frame.present_style(selection)
    return selection, catalog


def header(selection: Selection, catalog: Catalog, models: bool, settings: bool) -> None:
    """Data, model and settings; copy, export and present."""
    with st.container(key="header", horizontal=True, vertical_alignment="bottom", gap="small"):
        if selection.mode != "present" and "controls" not in selection.hide:
            if models:
                choose.models(selection, catalog)
            if settings:
                choose.settings(selection, catalog)
        if selection.mode != "present":
            with st.popover("Export", key="export", icon=":material/download:"):
                picture_format("page")
                st.caption("The numbers of a chart are behind “Show data” under it.")
            frame.copy_link()
        frame.present_button(selection)
        frame.whole_page_button(selection)
