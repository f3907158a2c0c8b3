"""Above every page: what can be chosen and taken away, presenting, and notes on the link."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboard.frame import choose
from dashboard.frame.view import View
from dashboard.selection import session
from dashboard.shared.chart import picture_format
from dashboard.shared.words import plain

# Streamlit has no font size for one session. The style is constant: nothing from outside enters it. The smallest
# letters of the theme, 0.875 of this, are then 20 pixels high.
_PRESENT = """<style>
html { font-size: 23px !important; }
header[data-testid="stHeader"], section[data-testid="stSidebar"] { display: none; }
</style>"""

_COPY_JS = """
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(window.location.href);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Copy it from the address bar";
    }
    setTimeout(() => { button.textContent = "Copy link"; }, 2000);
  };
}
"""
_COPY_CSS = """
button {
  font: inherit; font-size: 0.875rem; white-space: nowrap; cursor: pointer;
  color: var(--st-text-color); background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius); padding: 0.25rem 0.75rem;
  min-height: 2.5rem;
}
button:hover, button:focus-visible {
  border-color: var(--st-primary-color); color: var(--st-primary-color); outline: none;
}
"""
_copy = st.components.v2.component(
    "feature_sieve_copy_link", html='<button type="button">Copy link</button>', css=_COPY_CSS, js=_COPY_JS
)


@dataclass(frozen=True, kw_only=True)
class Header:
    """What stands above the title of a page.

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


def header(view: View, shown: Header) -> None:
    """Data, model and settings; copy, export and present; the way back to the whole page."""
    if view.presenting:
        st.html(_PRESENT)
    if not (shown.tools or view.selection.hide or view.presenting):
        return
    with st.container(key="header", horizontal=True, vertical_alignment="bottom", gap="small"):
        if view.controls and shown.models:
            choose.models(view.selection, view.catalog)
        if view.controls and shown.settings:
            choose.settings(view.selection, view.catalog)
        if shown.tools and not view.presenting:
            _export(view, shown)
            _copy(key="copy_link", width="content")
        if shown.tools or view.presenting:
            _present_button(view)
        if view.selection.hide:
            whole: dict[str, object] = {"hide": ()}
            st.button("Show the whole page", key="whole_page", type="primary", on_click=session.choose, kwargs=whole)


def _export(view: View, shown: Header) -> None:
    with st.popover("Export", key="export", icon=":material/download:"):
        if shown.files is not None and view.sees_an_image:
            shown.files(view)
        picture_format("page")
        st.caption("The numbers of a chart are behind “Show data” under it.")


def _present_button(view: View) -> None:
    """Into and out of the mode for a projector."""
    label, mode = ("Leave presentation", "explore") if view.presenting else ("Present", "present")
    st.button(label, key="present", on_click=session.choose, kwargs={"mode": mode})


def notes(sentences: list[str]) -> None:
    """What the link asked for and did not get, as text."""
    if sentences:
        with st.container(key="notes"):
            st.warning("  \n".join(plain(sentence) for sentence in sentences), icon=":material/link_off:")
