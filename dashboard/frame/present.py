"""A presentation: one idea a screen, the next and the one before by arrow key, across the pages; a way out on each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from dashboard.frame import story
from dashboard.frame.parts import Part
from dashboard.frame.view import View
from dashboard.frame.words import words
from dashboard.selection import session
from dashboard.selection.address import to_parameters
from dashboard.shared.copy_link import copy_link

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
  // What was clicked gives the keys back: arrows turn slides, and do not walk among its choices.
  const release = () => setTimeout(() => {
    const held = document.activeElement;
    if (held?.matches('button, [role="radio"], [role="radiogroup"]')) held.blur();
  });
  document.addEventListener("keydown", press);
  document.addEventListener("pointerup", release);
  return () => {
    document.removeEventListener("keydown", press);
    document.removeEventListener("pointerup", release);
  };
}
"""
_remote = st.components.v2.component("feature_sieve_remote", html="<span hidden></span>", js=_REMOTE_JS)
_WANTED = "present_wanted"  # in the session: "on", "back" or "out"
LAST = 50  # in place of the number of the last slide of a page that was not drawn yet


def place(view: View, parts: Sequence[Part]) -> int:
    """The slide that is shown: 0 the first screen, then the parts."""
    return min(view.selection.slide, len(parts))


def bar(name: str, view: View, parts: Sequence[Part], numbers: Mapping[str, str]) -> None:
    """Back, where one is, on; leave a slide out; the words explained; leave the presentation."""
    now, chapters = place(view, parts), [chapter.name for chapter in story.STORY]
    with st.container(key="present_bar", horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Back", key="slide_back", icon=":material/arrow_back:", type="tertiary", shortcut="Left",
            disabled=not now and story.before(name, view.selection.hide) is None, on_click=_want, args=("back",),
        )  # fmt: skip
        st.markdown(
            f"{story.chapter(name).title} {now + 1}/{len(parts) + 1} · page {chapters.index(name) + 1}/{len(chapters)}",
            width="content",
        )
        st.button(
            "Next", key="slide_on", icon=":material/arrow_forward:", type="tertiary", shortcut="Right",
            disabled=now == len(parts) and story.after(name, view.selection.hide) is None, on_click=_want, args=("on",),
        )  # fmt: skip
        hidden = (*view.selection.hide, parts[now - 1].name if now else story.WHOLE.format(name))
        st.button(
            "Leave out", key="leave_out", icon=":material/visibility_off:", type="tertiary",
            help="This slide is left out, a page with its first slide; the link remembers it.",
            on_click=_want, args=("out",),
        )  # fmt: skip
        if view.selection.hide:
            whole: dict[str, object] = {"hide": ()}
            st.button("Show all", key="whole_page", type="tertiary", on_click=session.choose, kwargs=whole)
        words(view, numbers)
        copy_link(key="copy_present", width="content")
        _remote(key="remote", width="content")
        st.button(
            "Leave", key="leave", icon=":material/close:", type="tertiary", shortcut="Esc",
            on_click=session.choose, kwargs={"mode": "explore", "slide": 0},
        )  # fmt: skip
    wanted = st.session_state.pop(_WANTED, None)
    if wanted == "out":
        _leave_out(view, name, now, len(parts), hidden)
    elif wanted is not None:
        _turn(view, name, now + (1 if wanted == "on" else -1), len(parts))


def _want(what: str) -> None:
    """Kept until a run gets as far as the bar: one that is cut short loses no press."""
    st.session_state[_WANTED] = what


def _turn(view: View, name: str, slide: int, last: int) -> None:
    """To a slide of this page, or over its end to the next page or the one before."""
    if 0 <= slide <= last:
        session.keep(view.selection.change(slide=slide))
        st.rerun()
    hide = view.selection.hide
    chapter, slide = (story.before(name, hide), LAST) if slide < 0 else (story.after(name, hide), 0)
    if chapter is not None:
        st.switch_page(chapter.path, query_params=to_parameters(view.selection.change(slide=slide)))


def _leave_out(view: View, name: str, now: int, last: int, hide: tuple[str, ...]) -> None:
    """Go on without a slide; without the first one, on to the next page, from the last page to the one before."""
    without = replace(view, selection=view.selection.change(hide=hide))
    if now:
        session.keep(without.selection)
        st.rerun()
    _turn(without, name, -1 if story.after(name, hide) is None else last + 1, last)
