"""Everything exact of a page: folds below its first screen, drawn while they are open; slides of a presentation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from core.errors import InputError
from dashboard.frame.reach import reached
from dashboard.frame.view import View
from dashboard.selection import session
from dashboard.selection.state import Selection
from dashboard.shared.words import plain
from dashboard.work.offer import Waiting


def _always(_: View) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a page.

    Args:
        name: in the address, `open=name` and `hide=name`; its container has the key `part_name`.
        title: at most eight words, best a question.
        draw: everything below the title; runs in a fragment of its own.
        when: whether there is something to draw.
        slide: whether it is a slide of a presentation, too; a long table or text is not.
        own: fields of the selection that nothing outside the part draws from; any other change reruns the page.
    """

    name: str
    title: str
    draw: Callable[[View], None]
    when: Callable[[View], bool] = _always
    slide: bool = True
    own: tuple[str, ...] = ()


def shown(parts: Sequence[Part], view: View) -> list[Part]:
    """Those that the link leaves in, and that have something to draw; in a presentation, those that are slides."""
    wanted = (part for part in parts if view.shows(part.name) and (part.slide or not view.presenting))
    return [part for part in wanted if part.when(view)]


def folds(parts: Sequence[Part], view: View) -> None:
    """One fold a part, each rerun by itself."""
    for part in parts:
        _fold(part, view)


@st.fragment
def _fold(part: Part, before: View) -> None:
    """A fold; nothing of it is computed while it is closed."""
    view = _now(part, before)
    key = f"fold_{part.name}"
    st.session_state[key] = part.name in view.selection.open
    with st.container(key=f"part_{part.name}"):
        box = st.expander(part.title, key=key, on_change=_toggle, args=(part.name, key))
        if box.open:
            with box:
                reached(part.name)
                _draw(part, view)
    session.keep(view.selection)


@st.fragment
def slide(part: Part, before: View) -> None:
    """A part alone, for a projector."""
    view = _now(part, before)
    with st.container(key=f"part_{part.name}"):
        _draw(part, view)
    session.keep(view.selection)


def _draw(part: Part, view: View) -> None:
    try:
        part.draw(view)
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
    except Waiting:
        return  # the part shows what for


def _now(part: Part, before: View) -> View:
    """The view with the selection as it is now; the whole page runs again where its rest draws from the change."""
    selection = session.standing()
    ignored: dict[str, Any] = {name: getattr(Selection(), name) for name in ("open", *part.own)}
    if replace(selection, **ignored) != replace(before.selection, **ignored):
        st.rerun()
    return replace(before, selection=selection)


def _toggle(name: str, key: str) -> None:
    others = tuple(part for part in session.standing().open if part != name)
    session.choose(open=(*others, name) if st.session_state[key] else others)
