"""Above every page: one line that says what is looked at and opens all of it, and the title with its tools."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.frame import choose
from dashboard.frame.view import View
from dashboard.selection import session
from dashboard.selection.state import PAPERS, Selection
from dashboard.shared.chart import picture_format
from dashboard.shared.copy_link import copy_link
from dashboard.shared.words import network_name, plain, training


@dataclass(frozen=True, kw_only=True)
class Header:
    """What stands above and beside the title of a page.

    Args:
        models: whether the page is about one model, so that it can be chosen.
        settings: whether it depends on attack and distiller, so that they can be chosen.
        tools: whether the page can be exported, linked and presented.
        files: draws what an export holds beyond the pictures of charts.
    """

    models: bool = True
    settings: bool = True
    tools: bool = True
    files: Callable[[View], None] | None = None


def looked_at_line(view: View, shown: Header, example: str | None = None) -> DeltaGenerator | None:
    """The line that says what is looked at, and opens every choice; the place in it for what a page adds.

    Args:
        view: of the page.
        shown: what can be chosen.
        example: the network that the page shows instead while nobody has chosen one.
    """
    if not (view.controls and (shown.models or shown.settings)):
        return None
    with st.popover(_line(view, shown, example), key="settings", icon=":material/tune:", type="tertiary", wrap=True):
        if shown.models:
            choose.models(view.selection, view.catalog)
        place = st.container()
        if shown.settings:
            choose.settings(view.selection, view.catalog)
            _back(view.selection)
    return place


def _line(view: View, shown: Header, example: str | None) -> str:
    """What is looked at, in bold where it is not what a new visitor sees."""
    selection, usual = view.selection, Selection()
    parts: list[tuple[str, bool]] = []
    if example is not None:
        card = view.catalog.cards[example]
        parts += [(plain(card.data), False), (f"{plain(network_name(card))}, as an example", False)]
    elif shown.models:
        cards, rival = view.catalog.cards, view.selection.compare
        versus = f" vs {plain(training(cards[rival]))}" if rival in cards else ""
        parts += [
            (plain(selection.data), selection.data != usual.data),
            (plain(network_name(view.card)) + versus, False),
        ]
    if shown.settings:
        parts += choose.in_words(selection, view.catalog)
    words = [f"**{text}**" if differs else text for text, differs in parts]
    return " · ".join([*words, "Change"])


def _back(selection: Selection) -> None:
    """One way back, where something was changed."""
    if any(getattr(selection, name) != value for name, value in PAPERS.items()):
        st.button("Back to the paper’s settings", key="papers", on_click=session.choose, kwargs=PAPERS)


def title_row(question: str, view: View, shown: Header) -> DeltaGenerator:
    """The question, and export, link and presentation as icons on its line; the place for the words explained."""
    with st.container(key="title_row", horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.title(plain(question), anchor=False)
        words = st.container(width="content")
        if shown.tools:
            _export(view, shown)
            copy_link(key="copy_link", width="content")
            st.button(
                "Present", key="present", icon=":material/slideshow:", type="tertiary", help="Present",
                on_click=session.choose, kwargs={"mode": "present", "slide": 0},
            )  # fmt: skip
    return words


def _export(view: View, shown: Header) -> None:
    with st.popover("Export", key="export", icon=":material/download:", type="tertiary", help="Export"):
        if shown.files is not None and view.sees_an_image:
            shown.files(view)
        picture_format("page")
        st.caption("The numbers of a chart are behind “Show data” under it.")


def whole_page(view: View) -> None:
    """The way back, where the link leaves something out."""
    if view.selection.hide:
        whole: dict[str, object] = {"hide": ()}
        st.button("Show the whole page", key="whole_page", type="tertiary", on_click=session.choose, kwargs=whole)


def notes(sentences: list[str]) -> None:
    """What the link asked for and did not get, as text."""
    if sentences:
        with st.container(key="notes"):
            st.warning("  \n".join(plain(sentence) for sentence in sentences), icon=":material/link_off:")
