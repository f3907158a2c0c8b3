"""A presentation: one idea a screen, the next and the one before by arrow key, across the pages; a way out on each."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.frame import story
from dashboard.frame.parts import Part
from dashboard.frame.view import View
from dashboard.frame.words import words
from dashboard.selection import session
from dashboard.selection.address import to_parameters

# What a lecturer's remote sends; a button of Streamlit's hears one key.
_REMOTE_JS = """
const KEYS = { PageDown: "slide_on", PageUp: "slide_back" };
export default function () {
  const press = (event) => {
    const button = KEYS[event.key] && document.querySelector(`.st-key-${KEYS[event.key]} button`);
    if (!button || button.disabled) return;
    event.preventDefault();
    button.click();
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}
"""
_remote = st.components.v2.component("feature_sieve_remote", html="<span hidden></span>", js=_REMOTE_JS)
LAST = 50  # in place of the number of the last slide of a page that was not drawn yet


def place(view: View, parts: Sequence[Part]) -> int:
    """The slide that is shown: 0 the first screen, then the parts."""
    return min(view.selection.slide, len(parts))


def bar(name: str, view: View, parts: Sequence[Part], numbers: Mapping[str, str]) -> None:
    """Back, where one is, on; leave a slide out; the words explained; leave the presentation."""
    now, chapters = place(view, parts), [chapter.name for chapter in story.STORY]
    with st.container(key="present_bar", horizontal=True, vertical_alignment="center", gap="small"):
        back = st.button(
            "Back", key="slide_back", icon=":material/arrow_back:", type="tertiary", shortcut="Left",
            disabled=not now and story.before(name) is None,
        )  # fmt: skip
        st.markdown(
            f"{story.chapter(name).title} {now + 1}/{len(parts) + 1} · page {chapters.index(name) + 1}/{len(chapters)}",
            width="content",
        )
        on = st.button(
            "Next", key="slide_on", icon=":material/arrow_forward:", type="tertiary", shortcut="Right",
            disabled=now == len(parts) and story.after(name) is None,
        )  # fmt: skip
        if now:
            _leave_out(view, parts[now - 1])
        if view.selection.hide:
            whole: dict[str, object] = {"hide": ()}
            st.button("Show all", key="whole_page", type="tertiary", on_click=session.choose, kwargs=whole)
        words(view, numbers)
        _remote(key="remote", width="content")
        st.button(
            "Leave", key="leave", icon=":material/close:", type="tertiary", shortcut="Esc",
            on_click=session.choose, kwargs={"mode": "explore", "slide": 0},
        )  # fmt: skip
    if on:
        _turn(view, name, now + 1, len(parts))
    if back:
        _turn(view, name, now - 1, len(parts))


def _leave_out(view: View, part: Part) -> None:
    hidden: dict[str, object] = {"hide": (*view.selection.hide, part.name)}
    st.button(
        "Leave out", key="leave_out", icon=":material/visibility_off:", type="tertiary",
        help="This slide is left out; the link remembers it.", on_click=session.choose, kwargs=hidden,
    )  # fmt: skip


def _turn(view: View, name: str, slide: int, last: int) -> None:
    """To a slide of this page, or over its end to the next page or the one before."""
    if 0 <= slide <= last:
        session.keep(view.selection.change(slide=slide))
        st.rerun()
    chapter, slide = (story.before(name), LAST) if slide < 0 else (story.after(name), 0)
    if chapter is not None:
        st.switch_page(chapter.path, query_params=to_parameters(view.selection.change(slide=slide)))
