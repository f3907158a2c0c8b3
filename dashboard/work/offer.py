"""The command that does long work, a button that starts it, its progress with a way to stop it, and how it ended."""

import secrets
import shlex
from collections.abc import Callable

import streamlit as st

from core.analysis.pictures import data_uri
from core.errors import InputError
from core.job import LOG, Command, folder_of
from dashboard.selection import session
from dashboard.shared.command import command_line
from dashboard.shared.words import plain
from dashboard.work import jobs
from dashboard.work.jobs import Job

WINDOW, ASKED, SEEN, REFUSED = "window", "jobs_asked_for", "jobs_seen", "job_refused"  # of the session


class Waiting(Exception):
    """The page has shown what it waits for, and can draw nothing else."""


def fetch(name: str) -> None:
    """Offer to fetch the data set, or show the download that any window has started."""
    from core.datasets import DATASETS

    title = DATASETS[name].info.title
    doing = f"Fetching {plain(name)}"
    work(("data", "fetch", name), f"Fetch {plain(title)} now", doing, "Stop; the next try goes on from here")


def work(
    command: Command, start: str, doing: str, stop: str, *, refused: str = "", now: Callable[[], Command] | None = None
) -> None:
    """The command and a button for one piece of work, or the progress of work on the same subject.

    It does not matter which window started it, nor which server: a job is found again by its folder.

    Args:
        command: what stands after `python -m core`.
        start, stop: on the buttons.
        doing: beside the progress, Markdown.
        refused: why it cannot be started; empty where it can.
        now: gives the command when the button is pressed, which may be after something was typed that this run of the
            page has not seen.
    """
    kind, found = _kind(command), jobs.current(jobs.subject_of(command))
    if found is not None and found.alive:
        _mine(SEEN).add(found.id)
        _watch(found.id, kind, doing, stop)
        return
    if found is not None:
        _tell(found)
    if problem := refused or st.session_state.pop(REFUSED, ""):
        st.error(plain(problem, most=500), icon=":material/error:")
    if not refused:
        _code(command)
    asked = now or (lambda: command)
    st.button(start, key=f"work_{kind}", type="primary", disabled=bool(refused), on_click=_start, args=(asked,))


def exactly(command: Command, start: str, doing: str, stop: str, *, begin: bool) -> None:
    """As `work`, but for this very command, whatever else goes on about its subject.

    Args:
        begin: start it by itself where no try of it is known; where one was stopped or failed, a person does.
    """
    kind, found = _kind(command), jobs.find(folder_of(command).name)
    if found is None and begin:
        try:
            found = jobs.start(command)
        except InputError as error:
            st.session_state[REFUSED] = str(error)
    if found is not None and found.alive:
        _mine(SEEN).add(found.id)
        _watch(found.id, kind, doing, stop)
        return
    if found is not None and found.state != "done":
        _tell(found)
    if problem := st.session_state.pop(REFUSED, ""):
        st.error(plain(problem, most=500), icon=":material/error:")
    _code(command)
    st.button(start, key=f"work_{kind}", type="primary", on_click=_start, args=(lambda: command,))


def concerns(command: Command) -> bool:
    """Whether work on the command's subject is to be seen at once: it goes on, or this window waits for its end."""
    found = jobs.current(jobs.subject_of(command))
    return found is not None and (found.alive or _asked(found) or found.id in _mine(SEEN))


def _kind(command: Command) -> str:
    return "fetch" if command[0] == "data" else command[0]


def _code(command: Command) -> None:
    command_line(shlex.join(("python", "-m", "core", *command)))


def _mine(what: str) -> set[str]:
    return st.session_state.setdefault(what, set())


def _asked(found: Job) -> bool:
    """Whether this window, or the one whose address it was opened with, asked for the work."""
    return found.id in _mine(ASKED) or found.id == session.standing().job


def _window() -> str:
    return st.session_state.setdefault(WINDOW, secrets.token_hex(8))


def _start(asked: Callable[[], Command]) -> None:
    try:
        started = jobs.start(asked())
    except InputError as error:
        st.session_state[REFUSED] = str(error)
        return
    _mine(ASKED).add(started.id)
    session.choose(job=started.id)  # the address keeps it over a reload


def _stop(found: Job) -> None:
    jobs.stop(found, by=_window())
    _no_longer(found)


def _no_longer(found: Job) -> None:
    """Nobody waits here for its end any more."""
    _mine(ASKED).discard(found.id)
    _mine(SEEN).discard(found.id)
    session.choose(job="")


def _tell(found: Job) -> None:
    """How it ended; and to the window that asked for it, what it asked for."""
    if found.state == "done" and _asked(found):
        _no_longer(found)
        if found.result:
            session.choose(run=found.result)
        st.rerun()
    if found.state in ("failed", "killed"):
        st.error(plain(found.problem, most=500), icon=":material/error:")
        st.caption(f"Its log is {plain(str(found.folder / LOG))}.")
    if found.state == "stopped" and found.by != _window() and (_asked(found) or found.id in _mine(SEEN)):
        st.info("It was stopped from another window.", icon=":material/stop_circle:")


@st.fragment(run_every=0.5)
def _watch(id: str, kind: str, doing: str, stop: str) -> None:
    found = jobs.find(id)
    if found is None or not found.alive:
        st.rerun(scope="app")
    _code(found.command)
    said = f"{found.done} of {found.total}" if found.total else "starting"
    st.progress(found.share, text=f"{doing}: {said}")
    if seen := found.preview:
        # As an address of its own: a slow browser asks for a file that the next picture has replaced.
        st.image(data_uri(seen), caption="As it is now", alt="The pictures that are being drawn, as they are now.")
    st.button(stop, key=f"stop_{kind}", on_click=_stop, args=(found,))
