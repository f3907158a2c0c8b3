"""Attacks as people write them, `pgd,pgd:steps=100;loss=margin,cw:c=1`, and back."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from core.attacks.registry import ATTACKS, Attack, build_attack
from core.attacks.threat import ThreatModel
from core.config import from_dict, to_dict
from core.errors import InputError
from core.radius import read_radius
from core.registry import unknown_name

CONSTANTS: dict[str, Any] = {"true": True, "false": False, "none": None}


def attacks_of(words: str, threat: ThreatModel) -> tuple[Attack, ...]:
    """Attacks by name, each with its own settings where it has some; one written twice counts once.

    Args:
        words: names, separated by commas; settings follow a colon as field=value, separated by semicolons. A field
            inside another has a dot: nrf:bottleneck.beta=0.1. A number may be a fraction: pgd:step_size=2/255.
        threat: of the bounded ones.
    Raises:
        InputError: no name, an unknown name or field, or a value that does not fit.
    """
    written = [word.strip() for word in words.split(",") if word.strip()]
    if not written:
        raise InputError(f"Expected at least one attack; known are {', '.join(ATTACKS)}.")
    return tuple(dict.fromkeys(_attack_of(word, threat) for word in written))


def words_of(attacks: Iterable[Attack]) -> str:
    """What `attacks_of` reads as these very attacks, under their threat model."""
    return ",".join(_word_of(attack) for attack in attacks)


def _word_of(attack: Attack) -> str:
    name, settings = ATTACKS.name_of(attack), ";".join(_settings(attack, type(attack)()))
    return f"{name}:{settings}" if settings else name


def _settings(value: Any, usual: Any, prefix: str = "") -> Iterator[str]:
    """Every field of a dataclass that differs from the usual one, as `field=value`."""
    for field in fields(value):
        mine, theirs, name = getattr(value, field.name), getattr(usual, field.name), f"{prefix}{field.name}"
        if is_dataclass(mine) and field.name != "threat":
            yield from _settings(mine, theirs, f"{name}.")
        elif mine != theirs and field.name != "threat":
            yield f"{name}={mine if isinstance(mine, str) else str(mine).lower()}"


def _attack_of(word: str, threat: ThreatModel) -> Attack:
    name, _, settings = word.partition(":")
    usual = build_attack(name.strip(), threat)
    data = to_dict(usual)
    for setting in filter(None, (part.strip() for part in settings.split(";"))):
        _set(data, type(usual), setting, word)
    return from_dict(type(usual), data)


def _set(data: dict[str, Any], kind: type, setting: str, word: str) -> None:
    """Put one `field=value` in its place in the data of a dataclass of this kind."""
    path, equals, value = (part.strip() for part in setting.partition("="))
    if not equals:
        raise InputError(f"Expected field=value after the colon, got {setting[:80]!r} in {word[:80]!r}.")
    *outer, last = path.split(".")
    for name in outer:
        inside = data.get(name) if name != "threat" else None
        if not isinstance(inside, dict):
            raise InputError(_unknown(path, data))
        data, kind = inside, get_type_hints(kind)[name]
    if last not in data or last in ("kind", "threat"):
        raise InputError(_unknown(path, data))
    data[last] = _value(value, get_type_hints(kind)[last])


def _unknown(path: str, data: dict[str, Any]) -> str:
    if path.partition(".")[0] == "threat":
        return "The threat model is one for all attacks; give it with --norm and --epsilon."
    known = tuple(name for name in data if name not in ("kind", "threat"))
    return unknown_name(f"setting of {data['kind']}", path, known)


def _value(text: str, hint: Any) -> Any:
    """What a field of this type is given: a choice as it is, a number, true, false, none, or the text."""
    kinds = get_args(hint) if get_origin(hint) is not Literal and get_args(hint) else (hint,)
    if any(text in get_args(kind) for kind in kinds if get_origin(kind) is Literal):
        return text
    if text.lower() in CONSTANTS:
        return CONSTANTS[text.lower()]
    if str in kinds:
        return text
    for read in (int, float, read_radius):
        try:
            return read(text)
        except ValueError:
            continue
    return text
