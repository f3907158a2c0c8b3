"""The selection of one browser session: read from the address, changed by widgets, written back to the address."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from dashboard.selection.address import allowed, parse, to_parameters
from dashboard.selection.state import Selection

_SELECTION, _NOTES, _WRITTEN, _CHOSEN = "selection", "selection_notes", "selection_written", "selection_chosen"
_BY_LINK = "selection_by_link"


def current() -> Selection:
    """The selection; a new address, opened or gone back to, counts more than what was chosen before.

    In a run that a widget started, the address is older than the choice and is not read.
    """
    session, parameters = st.session_state, st.query_params.to_dict()
    chosen = session.pop(_CHOSEN, False)
    opened = parameters and parameters != session.get(_WRITTEN) and not chosen
    session[_BY_LINK] = bool(parameters) and (_SELECTION not in session or bool(opened))
    if _SELECTION not in session or opened:
        session[_SELECTION], notes = parse(parameters)
        session[_NOTES] = [*notes, *_repeated(parameters)]
        session[_WRITTEN] = parameters
    return session[_SELECTION]


def standing() -> Selection:
    """The selection as it stands, for fragments and callbacks: what starts them is never a new address.

    The browser may send presses before it has the address of the one before; that address is older than the choice.
    """
    return st.session_state[_SELECTION]


def by_link() -> bool:
    """Whether the page was opened by an address that says what is looked at."""
    return bool(st.session_state.get(_BY_LINK))


def _repeated(parameters: Iterable[str]) -> list[str]:
    named = {name: len(st.query_params.get_all(name)) for name in parameters if name in Selection.__dataclass_fields__}
    return [f"The link names {name} {count} times; the last counts." for name, count in named.items() if count > 1]


def notes() -> list[str]:
    """What the address asked for and did not get, until the next choice."""
    return st.session_state.get(_NOTES, [])


def choose(**changes: Any) -> None:
    """Change the selection, as widgets do in their callbacks; what no address could hold is not taken.

    A select whose options changed under the browser hands back a text that it showed.
    """
    session = st.session_state
    session[_SELECTION] = session[_SELECTION].change(**allowed(changes))
    session[_NOTES], session[_CHOSEN] = [], True


def keep(selection: Selection, more_notes: list[str] | None = None) -> None:
    """Take what is really shown as the selection, and write it into the address."""
    session = st.session_state
    if more_notes:
        session[_NOTES] = [*notes(), *(note for note in more_notes if note not in notes())]
    session[_SELECTION] = selection
    session.pop(_CHOSEN, None)
    parameters = to_parameters(selection)
    before, session[_WRITTEN] = session.get(_WRITTEN), parameters
    # A run that cuts another one short is still told the address of before; the browser has the other's already.
    if parameters != before or parameters != st.query_params.to_dict():
        st.query_params.from_dict(parameters)


def bound(field: str, value: Any) -> dict[str, Any]:
    """Arguments that tie a widget to a field of the selection: its key, its value and its callback."""
    key = f"choose_{field}"
    st.session_state[key] = value
    return {"key": key, "on_change": _on_change, "args": (field, key)}


def _on_change(field: str, key: str) -> None:
    value = st.session_state[key]
    if value is not None:
        choose(**{field: value})
