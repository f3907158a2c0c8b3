"""On a phone the menu covers the page; it goes away once a page was chosen from it."""

import streamlit as st

_JS = """
const CLOSE = '[data-testid="stSidebarCollapseButton"] button', PHONE = 768; // pixels, Streamlit's own measure
export default function () {
  const chosen = (event) => {
    if (event.target.closest?.('[data-testid="stSidebarNavLink"]') && innerWidth <= PHONE)
      setTimeout(() => document.querySelector(CLOSE)?.click());
  };
  document.addEventListener("click", chosen);
  return () => document.removeEventListener("click", chosen);
}
"""
_menu = st.components.v2.component("feature_sieve_menu", html="<span hidden></span>", js=_JS)


def closes_on_choice() -> None:
    """Drawn on every page."""
    _menu(key="menu", width="content")
