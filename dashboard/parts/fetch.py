"""A button that brings a data set onto the machine, with progress and a way to stop."""

import streamlit as st

from dashboard import cache
from dashboard.jobs import Fetch
from dashboard.words import plain


def fetch(name: str) -> None:
    """Offer to fetch the data set, or show the download that any session has started."""
    from core.datasets import DATASETS

    st.code(f"python -m core data fetch {name}", language="bash")
    running = cache.fetches().get(name)
    if running is None or not running.running:
        if running is not None and running.problem:
            st.error(plain(running.problem), icon=":material/cloud_off:")
        info = DATASETS[name].info
        st.button(f"Fetch {plain(info.title)} now", key="fetch", type="primary", on_click=_start, args=(name,))
        return
    _watch(name)


def _start(name: str) -> None:
    cache.fetches()[name] = Fetch(name)


@st.fragment(run_every=0.5)
def _watch(name: str) -> None:
    running = cache.fetches()[name]
    if not running.running:
        st.rerun(scope="app")
    said = f"{running.done} of {running.total}" if running.total else "connecting"
    st.progress(running.share, text=f"Fetching {plain(name)}: {said}")
    st.button("Stop; the next try goes on from here", key="stop_fetch", on_click=running.cancel)
