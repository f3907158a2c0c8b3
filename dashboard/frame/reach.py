"""A part that a button or a link has unfolded comes into sight; one unfolded where it stands does not move."""

import streamlit as st

from dashboard.selection import session
from dashboard.selection.state import Selection

# In the session: the page of the last run, and the part that is to come into sight.
_PAGE, _WANTED = "reach_page", "reach_part"
_JS = """
const WHILE = 10000; // milliseconds in which what stands above may still come and grow; a person who scrolls ends it
export default function ({ parentElement }) {
  const place = parentElement.host ?? parentElement, fold = place.closest('[class*="st-key-part_"]') ?? place;
  fold.style.scrollMarginTop = "4.5rem"; // the menu stands above
  const go = () => fold.scrollIntoView({ block: "start" });
  const watch = new ResizeObserver(go), stop = () => watch.disconnect();
  watch.observe(document.querySelector('[data-testid="stMainBlockContainer"]') ?? fold);
  for (const sign of ["wheel", "pointerdown", "keydown"]) document.addEventListener(sign, stop, { once: true });
  setTimeout(stop, WHILE);
  go();
}
"""
_scroll = st.components.v2.component("feature_sieve_reach", html="<span hidden></span>", js=_JS)


def unfold(name: str) -> None:
    """For a button that leads to a part: open it and bring it into sight."""
    session.choose(open=tuple(dict.fromkeys((*session.standing().open, name))))
    st.session_state[_WANTED] = name


def arrive(page: str, selection: Selection) -> None:
    """A link from another page, or from outside, that unfolds a part leads to it."""
    came = st.session_state.get(_PAGE) != page
    st.session_state[_PAGE] = page
    if came and selection.open and session.by_link():
        st.session_state[_WANTED] = selection.open[0]


def reached(name: str) -> None:
    """Drawn in an open part: it comes into sight where it is wanted there, once."""
    if st.session_state.get(_WANTED) == name:
        del st.session_state[_WANTED]
        _scroll(key=f"reach_{name}")
