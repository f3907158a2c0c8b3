"""A form that asks for the fields of an experiment, and computes the experiment that it says: never another one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, get_args, get_origin

import streamlit as st

from core.analysis.fields import Field, changed, fields_of, suited, under
from core.analysis.subjects import EXPERIMENTS
from core.attacks import ThreatModel
from core.cli.options import command_of
from core.errors import InputError
from core.job import Command
from core.models import ModelCard
from dashboard.answers.question import attack_of
from dashboard.frame.view import View
from dashboard.selection.catalog import strength
from dashboard.selection.state import NO_ATTACK
from dashboard.shared.words import plain
from dashboard.work.offer import work

HEADER = ("attack", "beta", "cut", "seed")  # what the header's settings say of an experiment


class Widgets(Protocol):
    """Asks for one field by several widgets, whose keys begin with `key`."""

    def draw(self, key: str) -> None:
        """Draw them."""

    def value(self, key: str) -> Any:
        """The field's value as they say it now; raises InputError where they say none."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """How one field is asked for; what is not said follows from the field itself.

    Args:
        label: above the widget; the field's name in words.
        help: behind its question mark; what the docstring says of the field.
        least, most: of a number.
        step: of its buttons.
        choices: values by what they are called.
        width: in pixels; as wide as such a widget is.
        usual: the value to begin with, as the widget has it; the experiment's.
        read: from what the widget has to the field's value.
        widgets: in place of all this, above the other fields.
    """

    label: str = ""
    help: str | None = None
    least: float | None = None
    most: float | None = None
    step: float | None = None
    choices: Mapping[Any, str] | None = None
    width: int | None = None
    usual: Any = None
    read: Callable[[Any], Any] | None = None
    widgets: Widgets | None = None


@dataclass(frozen=True)
class Form:
    """Widgets for some fields of an experiment; the others stay as they are.

    A browser turns a number outside the limits of its widget red and keeps it to itself, so that the one before stays
    in force. So no widget has limits: whatever is typed comes here, and `value` refuses what does not fit.

    Args:
        name: of the experiment, with which the keys of the widgets begin.
        usual: the experiment before anything is changed.
        asks: by the names of `fields_of`.
        card: of the model.
    """

    name: str
    usual: Any
    asks: Mapping[str, Ask]
    card: ModelCard

    def draw(self) -> None:
        """What takes several widgets, then the others in a row."""
        for field, ask in self._asked():
            if ask.widgets is not None:
                ask.widgets.draw(self._key(field))
        with st.container(key=f"form_{self.name}", horizontal=True, vertical_alignment="bottom", gap="medium"):
            for field, ask in self._asked():
                if ask.widgets is None:
                    _widget(ask, self._key(field), self._begin(field, ask))

    def value(self) -> Any:
        """The experiment that the widgets say now.

        Raises:
            InputError: a value out of its range, or one that the experiment refuses.
        """
        return changed(self.usual, {field.name: self._value(field, ask) for field, ask in self._asked()})

    def command(self) -> Command:
        """What makes it. Raises InputError as `value` does."""
        return command_of(self.value(), self.card)

    def _asked(self) -> Iterator[tuple[Field, Ask]]:
        """In the order of the form; whatever is not said filled in."""
        known = {field.name: field for field in fields_of(type(self.usual))}
        for name, ask in self.asks.items():
            field = known[name]
            label = ask.label or name.replace("_", " ").capitalize()
            help_ = field.help if ask.help is None else ask.help
            yield field, replace(ask, label=label, help=help_, choices=ask.choices or _choices(field.hint))

    def _key(self, field: Field) -> str:
        return f"{self.name}_{field.name}"

    def _begin(self, field: Field, ask: Ask) -> Any:
        return field.of(self.usual) if ask.usual is None else ask.usual

    def _value(self, field: Field, ask: Ask) -> Any:
        if ask.widgets is not None:
            return ask.widgets.value(self._key(field))
        value = st.session_state.get(self._key(field), self._begin(field, ask))
        _check(value, ask)
        return value if ask.read is None else ask.read(value)


def form(
    view: View, name: str, asks: Mapping[str, Ask], *, takes: str, note: str = "", header: tuple[str, ...] = HEADER,
    start: str = "Compute", **also: Any,
) -> None:  # fmt: skip
    """Ask for some fields of an experiment on the model, and offer to compute what is said, or say why not.

    Args:
        view: with the settings of the header.
        name: of the experiment.
        asks: the fields, by name.
        takes: how long about, as in "some minutes".
        note: below the widgets, on what the header decides.
        header: fields that follow from the header's settings.
        start: on the button.
        also: fields with values that are neither asked for nor in the header.
    """
    asked = Form(name, changed(_usual(view, name, header), also), asks, view.card)
    asked.draw()
    if note:
        st.caption(note)
    model = view.selection.model
    try:
        command, refused = asked.command(), ""
    except InputError as error:
        command, refused = (name, model), str(error)
    work(command, start, f"Computing {name} of {plain(model)}", "Stop", refused=refused, now=asked.command)
    st.caption(f"It takes {takes}, in a process of its own; what is shown stays until it is done.")


def threat_of(view: View) -> ThreatModel:
    """The threat model of the header; without an attack there, the model's."""
    none = view.selection.attack == NO_ATTACK
    return ThreatModel(epsilon=view.card.epsilon if none else strength(view.selection, view.card))


def _usual(view: View, name: str, header: tuple[str, ...]) -> Any:
    """The experiment as it suits the model, with what the header says of it, on images that are here."""
    s, card, threat = view.selection, view.card, threat_of(view)
    says = {
        "attack": attack_of(s.attack, threat.epsilon, s.steps, s.step_size),
        "beta": s.beta,
        "cut": s.cut or card.cut,
        "seed": s.seed,
    }
    experiment = under(suited(EXPERIMENTS[name], card), threat)
    known = {field.name for field in fields_of(type(experiment))}
    experiment = changed(experiment, {name: value for name, value in says.items() if name in header and name in known})
    return changed(experiment, {"n": min(experiment.n, view.catalog.images[s.data])}) if "n" in known else experiment


def _choices(hint: Any) -> Mapping[Any, str] | None:
    return {choice: str(choice) for choice in get_args(hint)} if get_origin(hint) is Literal else None


def _check(value: Any, ask: Ask) -> None:
    """Raise InputError where a number is not in its range."""
    if ask.least is not None and value < ask.least or ask.most is not None and value > ask.most:
        low, high = (None if end is None else f"{end:,g}" for end in (ask.least, ask.most))
        span = f"from {low} to {high}" if low and high else f"of at least {low}" if low else f"of at most {high}"
        raise InputError(f"“{ask.label}” takes a number {span}, got {value:,g}; nothing is computed.")


def _widget(ask: Ask, key: str, begin: Any) -> None:
    shown: dict[str, Any] = {"key": key, "help": ask.help or None} | ({"width": ask.width} if ask.width else {})
    if ask.choices is not None:
        st.segmented_control(
            ask.label, [*ask.choices], format_func=ask.choices.__getitem__, default=begin, required=True, **shown
        )
    elif isinstance(begin, bool):
        st.checkbox(ask.label, begin, **shown)
    elif isinstance(begin, (int, float)):
        st.number_input(ask.label, value=begin, step=ask.step, **shown)
    else:
        st.text_input(ask.label, begin, **shown)
