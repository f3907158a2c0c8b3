"""A selection as it stands in the address, and the readers that everything from outside passes through."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from core.analysis.paper import published
from dashboard.selection.state import (
    AMONG,
    COLORS,
    EDITS,
    FOLDS,
    HIDEABLE,
    LARGEST_IMAGE,
    LARGEST_SEED,
    LONGEST_EDIT,
    MAPS,
    MODES,
    MOST_GIVEN,
    MOST_MOVED,
    MOST_SLIDES,
    MOST_STEPS,
    REDUCTIONS,
    SPLITS,
    TOLERANCES,
    Selection,
)

_HASH = re.compile(r"[0-9a-f]{16}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class _Refused(Exception):
    """A value that cannot be read. Carries what was expected."""


def parse(parameters: Mapping[str, str]) -> tuple[Selection, list[str]]:
    """The selection that an address asks for, and one sentence for each value that could not be taken as it stands.

    Unknown parameters are ignored. Whether a model or an image exists is for `resolve`, which knows what is there.
    """
    values: dict[str, Any] = {}
    notes: list[str] = []
    for name, read in _READ.items():
        if (text := parameters.get(name)) is None:
            continue
        try:
            values[name] = value = read(text)
        except _Refused as refused:
            notes.append(f"The link's {name}={short(text)} was ignored: {refused}.")
            continue
        notes += _moved(name, text, value)
    return Selection(**values), notes


def _moved(name: str, text: str, value: Any) -> list[str]:
    """The sentence on a value that was taken, but not as it was written."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value != _number(text):
        return [f"The link's {name}={short(text)} was moved to {value:g}, the nearest allowed."]
    if isinstance(value, tuple) and _written(value) != text:
        known = f" Known are {', '.join(_PARTS[name])}." if name in _PARTS else ""
        taken = f"only {_written(value)}" if value else "nothing"
        return [f"Of the link's {name}={short(text)} {taken} was taken.{known}"]
    return []


def allowed(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a person's choices that an address could hold, as it would hold them; a browser can send anything."""
    found = {}
    for name, value in changes.items():
        try:
            found[name] = _READ[name](_written(value))
        except _Refused:
            continue
    return found


def to_parameters(selection: Selection) -> dict[str, str]:
    """Address parameters: what is looked at, always; everything else where it differs from the default."""
    always = ("data", "model", "image")
    plain = Selection()
    return {
        field.name: _written(value)
        for field in fields(Selection)
        if (value := getattr(selection, field.name)) != getattr(plain, field.name) or field.name in always
    }


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(str(item) for item in value)
    if isinstance(value, bool):
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def short(text: str) -> str:
    """A value of the address as a sentence quotes it."""
    return repr(text[:40] + ("..." if len(text) > 40 else ""))


def _number(text: str) -> float:
    above, _, below = text.partition("/")  # a radius is written 8/255 as well
    try:
        value = float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        raise _Refused("a number was expected") from None
    if not math.isfinite(value):
        raise _Refused("a finite number was expected")
    return value


def _real(low: float, high: float) -> Callable[[str], float]:
    return lambda text: min(max(_number(text), low), high)


def _optional(read: Callable[[str], float]) -> Callable[[str], float | None]:
    return lambda text: read(text) if text else None  # empty is the default, whatever that is


def _whole(low: int, high: int) -> Callable[[str], int]:
    return lambda text: round(min(max(_number(text), low), high))


def _choice(*known: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise _Refused(f"known are {', '.join(filter(None, known))}")
        return text

    return read


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise _Refused("a name of letters, digits, dots and dashes was expected")
    return text


def _optional_name(text: str) -> str:
    return text and _name(text)  # empty is the default, whatever that is


def _flag(text: str) -> bool:
    return _choice("0", "1")(text) == "1"


def _hash(text: str) -> str:
    if text and not _HASH.fullmatch(text):
        raise _Refused("the first 16 hex digits of an uploaded image's hash were expected")
    return text


def _hashes(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in text.split(",") if _HASH.fullmatch(part)))[:MOST_GIVEN]


def _label(text: str) -> str:
    return text if text in ("true", "predicted") else str(_whole(0, LARGEST_IMAGE)(text))


def _over(text: str) -> str:
    return text if text in ("set", "image") else str(_whole(0, LARGEST_IMAGE)(text))


def _edit(text: str) -> str:
    if text and (text.partition(" ")[0] not in EDITS or len(text) > LONGEST_EDIT):
        raise _Refused("drop or keep was expected, then channels or a rule")
    return text


def _channels(text: str) -> tuple[int, ...]:
    found = [_whole(0, LARGEST_IMAGE)(part) for part in text.split(",")[:MOST_MOVED] if part]
    return tuple(dict.fromkeys(found))


def _some_of(known: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    return lambda text: tuple(part for part in dict.fromkeys(text.split(",")) if part in known)


_PARTS = {"open": FOLDS, "hide": HIDEABLE}
_READ: dict[str, Callable[[str], Any]] = {
    "data": _name,
    "model": _optional_name,
    "compare": _optional_name,
    "image": _whole(0, LARGEST_IMAGE),
    "own": _hash,
    "given": _hashes,
    "truth": _whole(-1, LARGEST_IMAGE),
    "among": _choice(*AMONG),
    "attack": _name,
    "epsilon": _optional(_real(0.0, 0.5)),
    "steps": _whole(0, MOST_STEPS),
    "step_size": _optional(_real(0.0, 1.0)),
    "beta": _real(0.0, 100.0),
    "cut": _optional_name,
    "seed": _whole(0, LARGEST_SEED),
    "label": _label,
    "wrong": _whole(-1, LARGEST_IMAGE),
    "tolerance": _choice(*TOLERANCES),
    "kl": _choice(*REDUCTIONS),
    "draws": _whole(1, 16),
    "split_of": _choice(*SPLITS),
    "channel": _whole(-1, LARGEST_IMAGE),
    "map": _choice(*MAPS),
    "example": _flag,
    "color": _choice(*COLORS),
    "over": _over,
    "edit": _edit,
    "item": _choice(*published.ITEMS),
    "ours": _optional_name,
    "printed_data": _choice("", *published.names("data")),
    "printed_network": _choice("", *published.names("network")),
    "run": _optional_name,
    "job": _optional_name,
    "moved": _channels,
    "twins": _flag,
    "mode": _choice(*MODES),
    "slide": _whole(0, MOST_SLIDES),
    **{name: _some_of(known) for name, known in _PARTS.items()},
}
