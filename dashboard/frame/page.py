"""What all pages share: choose, guard, which result, where it differs, what is missing, the form, the provenance."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.analysis.results import damaged_results
from core.errors import InputError
from dashboard.answers import at_hand, uploads
from dashboard.frame import present, story
from dashboard.frame.header import Header, looked_at_line, notes, title_row, whole_page
from dashboard.frame.menu import closes_on_choice
from dashboard.frame.missing import missing_data, no_models, nothing_stored, way_on
from dashboard.frame.parts import Part, folds, shown, slide
from dashboard.frame.provenance import provenance, stored_provenance
from dashboard.frame.reach import arrive
from dashboard.frame.stored import say_differences, with_result
from dashboard.frame.style import style
from dashboard.frame.view import Kind, View
from dashboard.frame.words import words
from dashboard.selection import session
from dashboard.selection.address import to_parameters
from dashboard.selection.catalog import resolve
from dashboard.shared.words import plain
from dashboard.work.offer import Waiting

LOST = "The uploaded image that the link names is not kept here; a test image is shown instead."
USUAL = Header()
Draw = Callable[[View], None]
Sources = Callable[[View], Sequence[str]]
Numbers = Callable[[View], Mapping[str, str]]


def _none(_: View) -> dict[str, str]:
    return {}


def page(
    name: str, draw: Draw, *, parts: Sequence[Part] = (), kind: Kind | None = None, above: Header = USUAL,
    networks: bool = True, one_image: bool = False, sources: Sources | None = None, numbers: Numbers = _none,
    onward: bool = True,
) -> None:  # fmt: skip
    """One page, from its header to its foot; a screen says what it draws and nothing else.

    Args:
        name: of the page in `story`, which knows its question.
        draw: the first screen: answer, picture, doubt. What it cannot read is said in the sentence that it comes with.
        parts: everything exact, in order: folds below the first screen, slides of a presentation.
        kind: of the stored results that the page shows; None where it shows none.
        above: what can be chosen and taken away above the title and on its line.
        networks: whether the page waits until the networks are awake.
        one_image: whether the page is about one image, so that nothing is drawn without it.
        sources: where the numbers come from, on a page without a kind.
        numbers: what the glossary says of the current numbers, by key of a term.
        onward: whether the page ends with what comes next; one that has its own ways on does not.
    """
    view = _opened() if networks else _asleep()
    if view is None:
        return
    st.html(style(view.presenting))
    arrive(name, view.selection)
    with st.container(key="head", gap=None):
        place = looked_at_line(view, above, _example(view, kind))
        dictionary = None if view.presenting else title_row(story.chapter(name).question, view, above)
    damaged = [] if kind is None else damaged_results(kind.name)
    notes([*session.notes(), *view.catalog.refused, *damaged])
    left: list[Part] = []
    known: Mapping[str, str] = {}
    try:
        if one_image and view.image is None:
            missing_data(view)
        else:
            view = _with_result(view, kind, place)
            left = shown(parts, view) if kind is None or kind.open or view.stored is not None else []
            _drawn(name, view, draw, left, kind)
            known = numbers(view) if left else {}
            if not view.presenting:
                _after(name if onward else "", view)
                _foot(view, kind, sources)
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
    except Waiting:  # the page shows what for
        left = []
    if dictionary is None:
        present.bar(name, view, left, known)
    else:
        with dictionary:
            words(view, known)
        closes_on_choice()


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
    if selection.own and uploads.find(selection.own) is None:
        selection, missed = selection.change(own=""), [*missed, LOST]
    session.keep(selection, missed)
    return View(selection, catalog)


def _example(view: View, kind: Kind | None) -> str | None:
    """The network that is shown while nobody has chosen one, where the page has such an example."""
    example = kind.example(view) if kind is not None else None
    return None if example is None else str(example.manifest["model"]["name"])


def _with_result(view: View, kind: Kind | None, place: DeltaGenerator | None) -> View:
    """The view with the page's result; where there are several, the menu stands among the other choices."""
    if kind is None:
        return view
    with nullcontext() if place is None else place:
        view = with_result(view, kind)
    say_differences(view)
    return view


def _slide(name: str, view: View, draw: Draw, parts: Sequence[Part]) -> None:
    """One idea of the page, for a projector."""
    at = present.place(view, parts)
    st.title(plain(parts[at - 1].title if at else story.chapter(name).question), anchor=False)
    if at:
        slide(parts[at - 1], view)
    else:
        draw(view)


def _drawn(name: str, view: View, draw: Draw, parts: Sequence[Part], kind: Kind | None) -> None:
    """First screen, folds and the form; where no result is stored, the way to one comes before the folds."""
    missing = kind is not None and view.stored is None
    drawable = kind is None or kind.open or not missing
    if view.presenting:
        if drawable:
            _slide(name, view, draw, parts)
        else:
            st.title(plain(story.chapter(name).question), anchor=False)
        if kind is not None and missing:
            nothing_stored(view, kind)
        return
    if drawable:
        draw(view)
    if kind is not None and missing:
        nothing_stored(view, kind)
        way_on(view, kind)
    if drawable:
        folds(parts, view)
    if kind is not None and not missing:
        way_on(view, kind)


def _after(name: str, view: View) -> None:
    """The way back to the whole page, and on to the next one."""
    with st.container(key="onward", horizontal=True, gap="small"):
        whole_page(view)
        if name and (chapter := story.after(name)) is not None:
            st.page_link(
                chapter.path, label=f"Next: {chapter.question}", icon=":material/arrow_forward:",
                query_params=to_parameters(view.selection.change(open=())),
            )  # fmt: skip


def _foot(view: View, kind: Kind | None, sources: Sources | None) -> None:
    if not view.shows("footer"):
        return
    if kind is not None and view.stored is not None:
        stored_provenance(view, kind, view.result)
    elif sources is not None and (parts := sources(view)):
        provenance(parts)
