"""The button under a form, and what every form takes from the settings in the header."""

import streamlit as st

from dashboard.frame.view import View
from dashboard.shared.words import plain
from dashboard.work.offer import work
from dashboard.work.options import Options, command_of


def compute(view: View, kind: str, options: Options, takes: str, start: str = "Compute") -> None:
    """A button that runs the experiment with `options`, or its progress with a way to stop.

    Args:
        kind: of the experiment, the name of its command.
        options: of the command.
        takes: how long about, as in "some minutes".
        start: on the button.
    """
    name = view.selection.model
    work(command_of(kind, name, options), start, f"Computing {kind} of {plain(name)}", "Stop")
    st.caption(f"It takes {takes}, in a process of its own; what is shown stays until it is done.")


def chosen_settings(view: View) -> Options:
    """The options that every experiment takes from the selection: attack, radius, beta, cut and seed."""
    s = view.selection
    given: Options = {"attack": s.attack, "beta": s.beta, "cut": s.cut, "seed": s.seed}
    return given if s.epsilon is None else {**given, "epsilon": s.epsilon}
