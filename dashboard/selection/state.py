"""The one selection that every view shares, as it stands in the address. Pure: neither Streamlit nor torch."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from typing import Any

from core.analysis.paper import published

LARGEST_SEED = 2**31 - 1
LARGEST_IMAGE = 10**6
MOST_MOVED = 64
MODES = ("explore", "present")
HIDEABLE = ("controls", "strip", "channels", "label", "seeds", "readings", "footer")
SPLITS = ("clean", "own")
TOLERANCES = ("image", "batch")
REDUCTIONS = ("mean", "sum")
NO_ATTACK = "none"
MAPS = ("true", "wrong", "random")
COLORS = ("label", "class", "attack")
EDITS = ("drop", "keep")
LONGEST_EDIT = 2500
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What is looked at, and how. Every field is an address parameter of the same name.

    Args:
        data: data set; where a model is named as well, the model's data set counts.
        model: shipped or trained model by name; empty is the adversarially trained one of the data set.
        compare: a second model of the same data set, or "none"; empty is the model's sibling of the other training.
        image: index in the test set.
        own: look at the image that was uploaded in this session instead.
        attack: by name, or "none".
        epsilon: radius in pixel units of [0, 1]; None is the model's own.
        beta: weight of the KL term.
        cut: stage to split; empty is the model's default.
        seed: of the attack's start and the distiller's noise.
        label: given to the distiller: "true", "predicted" or the index of a class.
        wrong: index of the class shown beside the label as the wrong one; -1 is the strongest rival.
        tolerance: T per image (paper) or over the batch of 100 (released code).
        kl: the KL term averaged (released code) or summed (printed formula) over channels.
        draws: noise draws averaged in each step.
        split_of: read the attacked image through the clean image's split, or distill it again.
        channel: the one whose card is open; -1 is the strongest.
        map: of the Clusters page: the split made with the true label, a wrong one, or as many channels at random.
        color: of its points: the label supplied, the class, or whether the image is attacked.
        over: of the Channels page: images counted, "set" for all, "image" for the current one, or the index of a class.
        edit: of the network there: "drop" or "keep", then channels or a rule as `channels.rules` reads them.
        item: of the Paper page: the table or figure that is open.
        ours: network that stands beside the printed numbers there, by name; empty is the widest of each cell.
        printed_data: data set of the printed table there; empty is that of `ours`.
        printed_network: network of the printed table there; empty is that of `ours`.
        run: folder of the stored result that is shown, or "shipped"; empty is the first that fits the settings.
        job: id of the long work that this window asked for and waits for; empty for none.
        moved: channels moved to the other side by hand.
        mode: "present" enlarges the fonts and hides the controls.
        hide: parts of the page to leave out.
    """

    data: str = "shapes"
    model: str = ""
    compare: str = ""
    image: int = 0
    own: bool = False
    attack: str = "pgd"
    epsilon: float | None = None
    beta: float = 0.3
    cut: str = ""
    seed: int = 0
    label: str = "true"
    wrong: int = -1
    tolerance: str = "image"
    kl: str = "mean"
    draws: int = 1
    split_of: str = "clean"
    channel: int = -1
    map: str = "true"
    color: str = "label"
    over: str = "set"
    edit: str = ""
    item: str = "table1"
    ours: str = ""
    printed_data: str = ""
    printed_network: str = ""
    run: str = ""
    job: str = ""
    moved: tuple[int, ...] = ()
    mode: str = "explore"
    hide: tuple[str, ...] = ()

    def change(self, **changes: Any) -> "Selection":
        """The selection after a person's choice; what no longer applies to the new choice is dropped."""
        for name in changes:
            changes = {**_RESETS.get(name, {}), **changes}
        return replace(self, **changes)


_OTHER_MASK: dict[str, Any] = {"moved": ()}
_OTHER_IMAGE: dict[str, Any] = {"channel": -1, "wrong": -1, **_OTHER_MASK}
_OTHER_MODEL: dict[str, Any] = {
    "compare": "", "epsilon": None, "cut": "", "over": "set", "edit": "", "run": "", "job": "", **_OTHER_IMAGE,
}  # fmt: skip
_RESETS = {
    "data": {"model": "", "image": 0, "own": False, "label": "true", **_OTHER_MODEL},
    "model": _OTHER_MODEL,
    "image": {"own": False, **_OTHER_IMAGE},
    "own": _OTHER_IMAGE,
    "cut": _OTHER_IMAGE,
    "ours": {"printed_data": "", "printed_network": ""},
    **dict.fromkeys(("attack", "epsilon", "beta", "seed", "label", "tolerance", "kl", "draws"), _OTHER_MASK),
}


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
            notes.append(f"The link's {name}={_short(text)} was ignored: {refused}.")
            continue
        notes += _moved(name, text, value)
    return Selection(**values), notes


def _moved(name: str, text: str, value: Any) -> list[str]:
    """The sentence on a value that was taken, but not as it was written."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value != float(text):
        return [f"The link's {name}={_short(text)} was moved to {value:g}, the nearest allowed."]
    if isinstance(value, tuple) and _written(value) != text:
        known = f" Known are {', '.join(HIDEABLE)}." if name == "hide" else ""
        return [f"Of the link's {name}={_short(text)} only {_written(value) or 'nothing'} was taken.{known}"]
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


def nearest(kind: str, name: str, known: list[str], default: str) -> tuple[str, str | None]:
    """`name` if it is known, else the closest known name (or `default`) and the sentence that says so."""
    if name in known:
        return name, None
    close = get_close_matches(name, known, n=1)
    opened = close[0] if close else default
    return opened, f"There is no {kind} {_short(name)} here; {opened or 'none'} is shown instead."


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(str(item) for item in value)
    if isinstance(value, bool):
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def _short(text: str) -> str:
    return repr(text[:40] + ("..." if len(text) > 40 else ""))


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise _Refused("a number was expected") from None
    if not math.isfinite(value):
        raise _Refused("a finite number was expected")
    return value


def _real(low: float, high: float) -> Callable[[str], float]:
    return lambda text: min(max(_number(text), low), high)


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


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in dict.fromkeys(text.split(",")) if part in HIDEABLE)


_READ: dict[str, Callable[[str], Any]] = {
    "data": _name,
    "model": _optional_name,
    "compare": _optional_name,
    "image": _whole(0, LARGEST_IMAGE),
    "own": _flag,
    "attack": _name,
    "epsilon": _real(0.0, 0.5),
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
    "mode": _choice(*MODES),
    "hide": _parts,
}
