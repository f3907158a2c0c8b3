"""A button that copies the page's address, which holds everything that is looked at."""

import streamlit as st

_HTML = """
<button type="button" title="Copy link" aria-label="Copy link">
  <svg viewBox="0 0 24 24" width="20" height="20" fill="currentColor" aria-hidden="true">
    <path d="M3.9 12a3.1 3.1 0 0 1 3.1-3.1h4V7H7a5 5 0 0 0 0 10h4v-1.9H7A3.1 3.1 0 0 1 3.9 12zM8 13h8v-2H8v2z
      m9-6h-4v1.9h4a3.1 3.1 0 0 1 0 6.2h-4V17h4a5 5 0 0 0 0-10z"/>
  </svg>
</button>
<span role="status"></span>
"""
_JS = """
export default function ({ parentElement }) {
  const button = parentElement.querySelector("button"), status = parentElement.querySelector("span");
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(window.location.href);
      status.textContent = "Copied";
    } catch {
      status.textContent = "Copy it from the address bar";
    }
    setTimeout(() => { status.textContent = ""; }, 2000);
  };
}
"""
_CSS = """
button {
  display: flex; align-items: center; cursor: pointer; color: inherit; background: none; border: none;
  border-radius: var(--st-button-radius); padding: 0.25rem 0.5rem; min-height: 2.5rem;
}
button:hover, button:focus-visible { color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); }
:host { position: relative; }
span { position: absolute; right: 0; bottom: 100%; z-index: 9; padding: 0 0.25rem;
  white-space: nowrap; font-size: 0.875rem; background: var(--st-background-color); }
"""
copy_link = st.components.v2.component("feature_sieve_copy_link", html=_HTML, css=_CSS, js=_JS)
