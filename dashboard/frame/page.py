"""What all pages share: choose, guard, which result, where it differs, what is missing, the form, the provenance."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.analysis.results import damaged_results
from core.errors import InputError
from dashboard.answers import at_hand
from dashboard.answers.image import UPLOAD
from dashboard.frame.header import Header, header, notes
from dashboard.frame.missing import missing_data, no_models, nothing_stored, way_on
from dashboard.frame.provenance import provenance, stored_provenance
from dashboard.frame.stored import say_differences, with_result
from dashboard.frame.view import Kind, View
from dashboard.selection import session
from dashboard.selection.catalog import resolve
from dashboard.shared.words import plain

LOST = "An uploaded image lives only in the session it was given to; a test image is shown instead."
USUAL = Header()
Draw = Callable[[View], None]
Sources = Callable[[View], Sequence[str]]


def page(
    title: str, draw: Draw, *, kind: Kind | None = None, above: Header = USUAL, networks: bool = True,
    one_image: bool = False, sources: Sources | None = None,
) -> None:  # fmt: skip
    """One page, from its header to its foot; a screen says what it draws and nothing else.

    Args:
        title: of the page; empty where `draw` writes it.
        draw: everything between title and foot. What it cannot read is said in the sentence that it comes with.
        kind: of the stored results that the page shows; None where it shows none.
        above: what can be chosen and taken away above the title.
        networks: whether the page waits until the networks are awake.
        one_image: whether the page is about one image, so that nothing is drawn without it.
        sources: where the numbers come from, on a page without a kind.
    """
    view = _opened() if networks else _asleep()
    if view is None:
        return
    header(view, above)
    damaged = [] if kind is None else damaged_results(kind.name)
    notes([*session.notes(), *view.catalog.refused, *damaged])
    if title:
        st.title(title, anchor=False)
    try:
        if one_image and view.image is None:
            missing_data(view)
            return
        view = _drawn(view, draw, kind)
        _foot(view, kind, sources)
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _asleep() -> View:
    """What the address asks for, as it stands: nothing here needs a network."""
    selection = session.current()
    session.keep(selection)
    return View(selection)


def _opened() -> View | None:
    """What the address asks for, or the nearest that is here; without any model None, and a word on that."""
    with st.spinner("Waking the networks up; the first time takes some seconds."):
        at_hand.warmed_up().join()
        catalog = at_hand.catalog()
    if not catalog.cards:
        no_models(catalog)
        return None
    selection, missed = resolve(session.current(), catalog)
    if selection.own and UPLOAD not in st.session_state:
        selection, missed = selection.change(own=False), [*missed, LOST]
    session.keep(selection, missed)
    return View(selection, catalog)


def _drawn(view: View, draw: Draw, kind: Kind | None) -> View:
    """The page's own part, under the word on which result it draws from; the view with that result."""
    if kind is not None:
        view = with_result(view, kind)
        say_differences(view)
        if view.stored is None:
            nothing_stored(view, kind)
            way_on(view, kind)
            if not kind.open:
                return view
    draw(view)
    if view.stored is not None and kind is not None:
        way_on(view, kind)
    return view


def _foot(view: View, kind: Kind | None, sources: Sources | None) -> None:
    if not view.shows("footer"):
        return
    if kind is not None and view.stored is not None:
        stored_provenance(view, kind, view.result)
    elif sources is not None and (parts := sources(view)):
        provenance(parts)
