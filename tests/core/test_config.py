import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pytest

from core.config import fingerprint, from_dict, to_dict
from core.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Inner:
    norm: Literal["linf", "l2"] = "linf"
    epsilon: float = 0.03


@dataclass(frozen=True, kw_only=True)
class Outer:
    name: str
    inner: Inner = Inner()
    steps: int | None = None
    folder: Path = Path("here")
    betas: tuple[float, ...] = (0.1, 0.3)
    pair: tuple[str, int] = ("a", 1)
    extra: dict[str, Any] | None = None
    flag: bool = False


@dataclass(frozen=True, kw_only=True)
class Twin:
    norm: Literal["linf", "l2"] = "linf"
    epsilon: float = 0.03


VALUE = Outer(name="x", inner=Inner(norm="l2", epsilon=1.0), steps=3, extra={"a": [1, 2]}, flag=True)


@pytest.mark.parametrize("value", [Outer(name="x"), VALUE])
def test_to_json_and_back(value: Outer) -> None:
    assert from_dict(Outer, json.loads(json.dumps(to_dict(value)))) == value


def test_whole_numbers_become_floats_where_floats_are_meant() -> None:
    assert fingerprint(from_dict(Inner, {"epsilon": 1})) == fingerprint(Inner(epsilon=1.0))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"nme": 1}, "Outer has no field nme; it has name, inner"),
        ({"name": 3}, "Field name expects str, got int 3"),
        ({"steps": 2.5}, "Field steps expects int, got float"),
        ({"steps": True}, "Field steps expects int, got bool"),
        ({"flag": 1}, "Field flag expects bool"),
        ({"betas": "0.1"}, "Field betas expects tuple, got str"),
        ({"betas": [0.1, "b"]}, "Field betas expects float, got str 'b'"),
        ({"pair": ["a"]}, "Field pair expects 2 values, got 1"),
        ({"extra": [1]}, "Field extra expects dict"),
        ({"folder": 3}, "Field folder expects Path"),
        ({"inner": 3}, "Expected an object with the fields of Inner, got int"),
        ({"inner": {"norm": "l1"}}, "Unknown norm 'l1'; known are linf, l2"),
        ({"inner": {"epsilon": 10**400}}, "fits a float"),
        ({"inner": {"kind": "Twin"}}, "Expected the fields of Inner, got those of Twin"),
    ],
    ids=str,
)
def test_wrong_data_are_refused_by_field(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        from_dict(Outer, {**to_dict(VALUE), **change})


def test_missing_fields_are_named() -> None:
    with pytest.raises(InputError, match="missing 1 required keyword-only argument: 'name'"):
        from_dict(Outer, {})


def test_fingerprint_changes_with_every_field() -> None:
    changes: list[dict[str, Any]] = [
        {"name": "y"},
        {"inner": Inner()},
        {"steps": None},
        {"folder": Path("there")},
        {"betas": (0.1,)},
        {"extra": None},
        {"flag": False},
    ]
    prints = {fingerprint(VALUE), *(fingerprint(replace(VALUE, **change)) for change in changes)}
    assert len(prints) == len(changes) + 1


def test_fingerprint_tells_equal_fields_of_different_classes_apart() -> None:
    assert fingerprint(Inner()) != fingerprint(Twin())
    assert fingerprint(Inner(), "a") != fingerprint(Inner(), "b")


def test_fingerprint_is_the_same_on_every_machine() -> None:
    assert fingerprint(Inner(norm="l2", epsilon=0.5), 3) == "95b013f21643"
