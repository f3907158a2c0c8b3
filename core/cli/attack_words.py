"""Attacks as they are written on the command line: `pgd,pgd:steps=100;loss=margin,cw:c=1`."""

from typing import Any

from core.attacks import ATTACKS, Attack, ThreatModel, build_attack
from core.config import from_dict, to_dict
from core.errors import InputError
from core.registry import unknown_name

CONSTANTS: dict[str, Any] = {"true": True, "false": False, "none": None}


def attacks_of(words: str, threat: ThreatModel, steps: int | None = None) -> tuple[Attack, ...]:
    """Attacks by name, each with its own settings where it has some; one written twice counts once.

    Args:
        words: names, separated by commas; settings follow a colon as field=value, separated by semicolons. A field
            inside another has a dot: nrf:bottleneck.beta=0.1.
        threat: of the bounded ones.
        steps: of those that take several and say nothing else.
    Raises:
        InputError: no name, an unknown name or field, or a value that does not fit.
    """
    written = [word.strip() for word in words.split(",") if word.strip()]
    if not written:
        raise InputError(f"Expected at least one attack in --attacks; known are {', '.join(ATTACKS)}.")
    return tuple(dict.fromkeys(_attack_of(word, threat, steps) for word in written))


def _attack_of(word: str, threat: ThreatModel, steps: int | None) -> Attack:
    name, _, settings = word.partition(":")
    usual = build_attack(name.strip(), threat, **({} if steps is None else {"steps": steps}))
    fields = to_dict(usual)
    for setting in filter(None, (part.strip() for part in settings.split(";"))):
        _set(fields, setting, word)
    return from_dict(type(usual), fields)


def _set(fields: dict[str, Any], setting: str, word: str) -> None:
    """Put one `field=value` in its place."""
    path, equals, value = (part.strip() for part in setting.partition("="))
    if not equals:
        raise InputError(f"Expected field=value after the colon, got {setting[:80]!r} in {word[:80]!r}.")
    *outer, last = path.split(".")
    for name in outer:
        inside = fields.get(name) if name != "threat" else None
        if not isinstance(inside, dict):
            raise InputError(_unknown(path, fields))
        fields = inside
    if last not in fields or last in ("kind", "threat"):
        raise InputError(_unknown(path, fields))
    fields[last] = _value(value)


def _unknown(path: str, fields: dict[str, Any]) -> str:
    if path.partition(".")[0] == "threat":
        return "The threat model is one for all attacks; give it with --norm and --epsilon."
    return unknown_name(
        f"setting of {fields['kind']}", path, tuple(name for name in fields if name not in ("kind", "threat"))
    )


def _value(text: str) -> Any:
    """A number, true, false, none, or the text as it is."""
    if text.lower() in CONSTANTS:
        return CONSTANTS[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
