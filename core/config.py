"""Frozen dataclasses to JSON and back, and their fingerprint. The config is the value; there is no second schema."""

import dataclasses
import hashlib
import json
import types
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from core.errors import InputError
from core.registry import unknown_name

T = TypeVar("T")

IN_JSON: dict[Any, tuple[type, ...]] = {
    float: (int, float),
    int: (int,),
    str: (str,),
    bool: (bool,),
    dict: (dict,),
    tuple: (list,),
    Path: (str,),
}


def to_dict(value: Any) -> Any:
    """Plain JSON data for a dataclass, with the class name of every dataclass under "kind"."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: to_dict(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"kind": type(value).__name__, **fields}
    if isinstance(value, dict):
        return {str(k): to_dict(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_dict(v) for v in value]
    return str(value) if isinstance(value, Path) else value


def from_dict(cls: type[T], data: dict[str, Any]) -> T:
    """Build the dataclass `cls` from what `to_dict` returned.

    Raises:
        InputError: another class's data, unknown or missing fields, or a value of the wrong type, each by name.
    """
    if not isinstance(data, dict):
        raise InputError(f"Expected an object with the fields of {cls.__name__}, got {type(data).__name__}.")
    if (kind := data.get("kind", cls.__name__)) != cls.__name__:
        raise InputError(f"Expected the fields of {cls.__name__}, got those of {str(kind)[:80]}.")
    hints = get_type_hints(cls)
    given = {k: v for k, v in data.items() if k != "kind"}
    if unknown := sorted(given.keys() - hints.keys()):
        raise InputError(f"{cls.__name__} has no field {', '.join(unknown)}; it has {', '.join(hints)}.")
    try:
        return cls(**{name: _convert(hints[name], value, name) for name, value in given.items()})
    except TypeError as error:
        raise InputError(f"{cls.__name__}: {error}.") from error


def _convert(hint: Any, value: Any, name: str) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        if value is None and type(None) in get_args(hint):
            return None
        hint = next(option for option in get_args(hint) if option is not type(None))
    if dataclasses.is_dataclass(hint):
        return from_dict(hint, value)  # type: ignore[arg-type]
    if get_origin(hint) is Literal and value not in get_args(hint):
        raise InputError(unknown_name(name, value, get_args(hint)))
    if get_origin(hint) is tuple and isinstance(value, (list, tuple)):
        kinds = get_args(hint)
        kinds = kinds[:1] * len(value) if kinds[-1] is ... else kinds
        if len(kinds) != len(value):
            raise InputError(f"Field {name} expects {len(kinds)} values, got {len(value)}.")
        return tuple(_convert(kind, item, name) for kind, item in zip(kinds, value, strict=True))
    return _plain(get_origin(hint) or hint, value, name)


def _plain(hint: Any, value: Any, name: str) -> Any:
    expected = IN_JSON.get(hint)
    if expected and (not isinstance(value, expected) or (isinstance(value, bool) and hint is not bool)):
        raise InputError(f"Field {name} expects {hint.__name__}, got {type(value).__name__} {repr(value)[:80]}.")
    try:
        return hint(value) if hint in (float, Path) else value
    except OverflowError as error:
        raise InputError(f"Field {name} expects a number that fits a float.") from error


def fingerprint(*values: Any) -> str:
    """12 hexadecimal digits that change whenever anything in the values changes; equal on every machine."""
    text = json.dumps([to_dict(value) for value in values], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
