"""A button that starts long work in a process of its own, with progress and a way to stop."""

import streamlit as st

from dashboard.answers import at_hand
from dashboard.selection import session
from dashboard.shared.words import plain
from dashboard.work.jobs import Job, Options


def fetch(name: str) -> None:
    """Offer to fetch the data set, or show the download that any session has started."""
    from core.datasets import DATASETS

    st.code(f"python -m core data fetch {name}", language="bash")
    title = DATASETS[name].info.title
    work("fetch", name, f"Fetch {plain(title)} now", f"Fetching {plain(name)}", "Stop; the next try goes on from here")


def work(kind: str, name: str, start: str, doing: str, stop: str, options: Options | None = None) -> None:
    """A button for one piece of work, or its progress, whichever session has started it.

    Args:
        kind, name: as for `Job`.
        start, stop: on the buttons.
        doing: beside the progress, Markdown.
        options: of an experiment.
    """
    running = at_hand.jobs().get((kind, name))
    if running is not None and running.running:
        _watch(kind, name, doing, stop)
        return
    if running is not None and running.problem:
        st.error(plain(running.problem), icon=":material/error:")
    st.button(start, key=f"work_{kind}", type="primary", on_click=_start, args=(kind, name, options or {}))


def _start(kind: str, name: str, options: Options) -> None:
    at_hand.jobs()[kind, name] = Job(kind, name, options)
    st.session_state[_started(kind, name)] = True


def _started(kind: str, name: str) -> str:
    return f"started_{kind}_{name}"


@st.fragment(run_every=0.5)
def _watch(kind: str, name: str, doing: str, stop: str) -> None:
    running = at_hand.jobs()[kind, name]
    if not running.running:
        if st.session_state.pop(_started(kind, name), False) and running.made and kind != "fetch":
            session.choose(run=running.made)  # to the session that asked for it, what it asked for
        st.rerun(scope="app")
    said = f"{running.done} of {running.total}" if running.total else "starting"
    st.progress(running.share, text=f"{doing}: {said}")
    if seen := running.preview:
        st.image(seen, caption="As it is now", alt="The pictures that are being drawn, as they are now.")
    st.button(stop, key=f"stop_{kind}", on_click=running.cancel)
