"""The glossary of every page: opened from each word that links to it, or whole from the title's line."""

from collections.abc import Mapping
from dataclasses import asdict

import streamlit as st

from core.glossary import TERMS
from dashboard.frame.view import View
from dashboard.selection.catalog import strength
from dashboard.selection.state import NO_ATTACK
from dashboard.shared.words import radius

_HTML = """
<button id="all" type="button" title="Words explained" aria-label="Words explained" aria-haspopup="dialog">
  <svg viewBox="0 0 24 24" width="20" height="20" fill="currentColor" aria-hidden="true">
    <path d="M12 5.6C10.5 4.6 8.7 4 7 4 5 4 3.3 4.5 2 5.3v14c1.3-.7 3-1.1 5-1.1 1.8 0 3.6.6 5 1.5
      1.4-.9 3.2-1.5 5-1.5 2 0 3.7.4 5 1.1v-14C20.7 4.5 19 4 17 4c-1.700 0-3.500.6-5 1.600zm8 11
      c-1-.3-2-.4-3-.4-1.4 0-2.800.3-4 .9V7.3C14.200 6.500 15.600 6 17 6c1.1 0 2.1.2 3 .5v10.1z"/>
  </svg>
</button>
<dialog aria-labelledby="name">
  <form method="dialog"><button id="close" aria-label="Close">✕</button></form>
  <h2 id="name"></h2>
  <p id="plain"></p>
  <p id="exact"></p>
  <p id="formula"></p>
  <p id="now"></p>
  <nav aria-label="All words"></nav>
</dialog>
"""
_JS = """
export default function ({ data, parentElement }) {
  const find = (id) => parentElement.querySelector(id), dialog = find("dialog");
  const show = (term) => {
    find("#name").textContent = term ? term.name : "Words explained";
    for (const part of ["plain", "exact", "formula", "now"]) {
      find(`#${part}`).textContent = (term && term[part]) || "";
      find(`#${part}`).hidden = !(term && term[part]);
    }
    if (!dialog.open) dialog.showModal();
    find("#close").focus();
  };
  find("nav").replaceChildren(...data.map((term) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = term.name;
    button.onclick = () => show(term);
    return button;
  }));
  find("#all").onclick = () => show(null);
  dialog.onkeydown = (event) => { if (event.key === "Escape") event.stopPropagation(); }; // closes this alone
  dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); };
  const follow = (event) => {
    const link = event.target.closest && event.target.closest('a[href*="#term-"]');
    const term = link && data.find((one) => link.getAttribute("href").endsWith(`#term-${one.key}`));
    if (!term) return;
    event.preventDefault();
    event.stopPropagation();
    show(term);
  };
  document.addEventListener("click", follow, true);
  return () => document.removeEventListener("click", follow, true);
}
"""
_CSS = """
button { font: inherit; cursor: pointer; color: inherit; background: none; border: none; }
#all { display: flex; align-items: center; padding: 0.25rem 0.5rem; min-height: 2.5rem; }
button:hover, button:focus-visible { color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); }
dialog {
  box-sizing: border-box; width: min(36rem, calc(100vw - 2rem)); max-height: 85vh; padding: 1.25rem 1.5rem;
  font-family: var(--st-font); font-size: 1rem; line-height: 1.5;
  color: var(--st-text-color); background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius);
}
dialog::backdrop { background: rgb(0 0 0 / 40%); }
form { float: right; margin: 0; }
#close { padding: 0.25rem 0.5rem; }
h2 { font-size: 1.25rem; margin: 0 0 0.5rem; }
p { margin: 0 0 0.5rem; }
#formula { font-family: "STIX Two Math", "Cambria Math", math, serif; font-size: 1.1rem; overflow-x: auto; }
#now { font-weight: 600; }
nav {
  display: flex; flex-wrap: wrap; gap: 0.25rem; margin-top: 1rem; padding-top: 0.75rem;
  border-top: 1px solid var(--st-border-color);
}
nav button {
  font-size: 0.875rem; padding: 0.125rem 0.5rem; border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius);
}
"""
_draw = st.components.v2.component("feature_sieve_words", html=_HTML, css=_CSS, js=_JS)


def words(view: View, more: Mapping[str, str]) -> None:
    """The dialog and its button; `more` are numbers of the page by key of a term."""
    now = {**_numbers(view), **more}
    terms = [asdict(term) | {"now": now.get(term.key, "")} for term in TERMS]
    _draw(
        key="words", data=terms, width="content"
    )  # a list: in a dict Streamlit would look for data frames, with pandas


def _numbers(view: View) -> dict[str, str]:
    """What the selection itself says."""
    selection = view.selection
    if selection.model not in view.catalog.cards:
        return {}
    attacked = selection.attack != NO_ATTACK
    return {
        "beta": f"Here: β {selection.beta:g}.",
        "seed": f"Here: {selection.seed}.",
        "cut": f"Here: {selection.cut or view.card.cut}.",
        "epsilon": f"Here: {radius(strength(selection, view.card))}." if attacked else "",
        "attack": f"Here: {selection.attack.upper()}." if attacked else "",
        "label": f"Here: the {selection.label} label." if not selection.label.isdigit() else "",
    }
