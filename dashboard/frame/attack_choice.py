"""Attacks to choose from by name, those of one strength apart from those without a bound; settings where wanted."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal, get_args, get_origin

import streamlit as st

from core.analysis.attacks.names import title_of
from core.analysis.fields import Field, described
from core.attacks import ATTACKS, Attack, ThreatModel, attacks_of, bounded_attacks, build_attack, label_of, words_of
from core.errors import InputError
from dashboard.shared.words import plain, radius


@dataclass(frozen=True)
class AttackChoice:
    """Asks for a field that holds several attacks: a row of names to press for each of the two kinds.

    Args:
        usual: what is chosen at first, each as the command line writes it.
        offered: what stands first, written the same way; every registered attack follows.
        threat: of the bounded ones.
    """

    usual: tuple[str, ...]
    offered: tuple[str, ...]
    threat: ThreatModel

    def draw(self, key: str) -> None:
        """The two rows, and the way to an attack with settings of its own."""
        titles = {True: f"Attacks of one strength, {radius(self.threat.epsilon)}", False: "Attacks without a bound"}
        for bounded, title in titles.items():
            row, words = _row(key, bounded), self._words(key, bounded)
            st.session_state.setdefault(row, [word for word in words if word in self.usual])
            st.pills(title, words, selection_mode="multi", format_func=self._title, key=row)
        with st.popover("With other settings", type="tertiary", icon=":material/tune:", key=f"{key}_settings"):
            self._editor(key)

    def value(self, key: str) -> tuple[Attack, ...]:
        """The attacks that are chosen now.

        Raises:
            InputError: none is.
        """
        chosen = [word for row in (_row(key, True), _row(key, False)) for word in st.session_state.get(row, self.usual)]
        if not chosen:
            raise InputError("Choose at least one attack; nothing is computed.")
        return attacks_of(",".join(chosen), self.threat)

    def _words(self, key: str, bounded: bool) -> list[str]:
        """Everything of one kind: as it comes, as it is usually varied, as somebody set it here."""
        words = dict.fromkeys([*self.offered, *ATTACKS, *st.session_state.get(_added(key), ())])
        names = [name for name in dict.fromkeys(map(_name, words)) if (name in bounded_attacks()) == bounded]
        return sorted((word for word in words if _name(word) in names), key=lambda word: names.index(_name(word)))

    def _title(self, word: str) -> str:
        return title_of(label_of(*attacks_of(word, self.threat)))

    def _editor(self, key: str) -> None:
        """An attack's own settings, and the button that adds it to the rows."""
        edit = f"edit_{key}"
        name = st.selectbox("Attack", list(ATTACKS), format_func=ATTACKS.title, key=f"{edit}_name")
        usual = build_attack(name, self.threat)
        for field in _settings(usual):
            _widget(field, field.of(usual), f"{edit}_{name}_{field.name}")
        problem = ""
        try:
            self._edited(key, name)
        except InputError as error:
            problem = str(error)
            st.error(plain(problem), icon=":material/error:")
        st.button("Add", key=f"{edit}_add", disabled=bool(problem), on_click=self._add, args=(key, name))

    def _edited(self, key: str, name: str) -> Attack:
        """The attack that the editor says.

        Raises:
            InputError: a setting out of its range.
        """
        usual: Any = build_attack(name, self.threat)
        values = {
            field.name: st.session_state.get(f"edit_{key}_{name}_{field.name}", field.of(usual))
            for field in _settings(usual)
        }
        return replace(usual, **values)

    def _add(self, key: str, name: str) -> None:
        """Offer it, and choose it."""
        try:
            word = words_of([self._edited(key, name)])
        except InputError:
            return  # typed right before the press; the run that follows says it
        st.session_state[_added(key)] = (*st.session_state.get(_added(key), ()), word)
        row = _row(key, name in bounded_attacks())
        st.session_state[row] = list(dict.fromkeys([*st.session_state.get(row, ()), word]))


def _row(key: str, bounded: bool) -> str:
    return f"{key}_{'bounded' if bounded else 'unbounded'}"


def _added(key: str) -> str:
    return f"{key}_added"


def _name(word: str) -> str:
    return word.partition(":")[0]


def _settings(attack: Any) -> Iterator[Field]:
    """The attack's own fields: not its strength, which is one for all, nor what has fields itself."""
    own = {field.name for field in fields(attack) if not is_dataclass(getattr(attack, field.name))}
    return (field for field in described(type(attack)) if field.name in own)


def _widget(field: Field, usual: Any, key: str) -> None:
    """One setting; a number has no limits here, so that whatever is typed comes to be checked."""
    label, help_ = field.name.replace("_", " ").capitalize(), field.help or None
    if get_origin(field.hint) is Literal:
        choices = get_args(field.hint)
        st.selectbox(label, choices, index=choices.index(usual), key=key, help=help_)
    elif isinstance(usual, bool):
        st.checkbox(label, usual, key=key, help=help_)
    else:
        whole = int in (field.hint, *get_args(field.hint))
        st.number_input(
            label, value=usual, step=1 if whole else None, format=None if whole else "%g", key=key, help=help_,
            placeholder="as the attack has it",
        )  # fmt: skip
