import pytest

from core.errors import InputError
from core.radius import read_radius, write_radius


@pytest.mark.parametrize(
    ("text", "value"), [("8/255", 8 / 255), ("0.03", 0.03), (" 1 / 4 ", 0.25), ("0", 0.0), ("1e-2", 0.01), ("-1", -1)]
)
def test_fractions_and_numbers_are_read(text: str, value: float) -> None:
    assert read_radius(text) == value


@pytest.mark.parametrize("value", [0.0, 8 / 255, 255 / 255, 0.03, 1 / 3, 16 / 255, 1.5, 0.1])
def test_what_is_written_is_read_as_the_same_number(value: float) -> None:
    assert read_radius(write_radius(value)) == value


def test_steps_of_255_are_written_as_such() -> None:
    assert write_radius(8 / 255) == "8/255"
    assert write_radius(0.03) == "0.03"


@pytest.mark.parametrize("text", ["8/0", "8/", "/255", "eight", "nan", "inf", "1/2/3", ""])
def test_anything_else_is_one_sentence(text: str) -> None:
    with pytest.raises(InputError, match="such as 8/255") as said:
        read_radius(text)
    assert "\n" not in str(said.value)
