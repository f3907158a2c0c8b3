import pytest

from core.errors import InputError
from core.registry import Registry, unknown_name


class Pear:
    pass


@pytest.fixture
def fruit() -> Registry:
    registry: Registry = Registry("fruit")
    registry.register("apple")(str)
    registry.register("pear")(Pear)
    return registry


def test_it_is_a_mapping_in_order_of_registration(fruit: Registry) -> None:
    assert dict(fruit) == {"apple": str, "pear": Pear}
    assert list(fruit) == ["apple", "pear"]
    assert len(fruit) == 2
    assert "pear" in fruit
    assert "plum" not in fruit
    assert fruit.get("plum") is None
    assert fruit.get("pear") is Pear


def test_registering_returns_the_entry_unchanged(fruit: Registry) -> None:
    assert fruit.register("plum")(Pear) is Pear


def test_unknown_names_are_refused_with_the_closest(fruit: Registry) -> None:
    with pytest.raises(InputError) as caught:
        fruit["aple"]
    assert str(caught.value) == "Unknown fruit 'aple'; known are apple, pear. Did you mean 'apple'?"


def test_nothing_close_is_not_guessed() -> None:
    assert unknown_name("fruit", "xyz", ()) == "Unknown fruit 'xyz'; known are none."
    assert len(unknown_name("fruit", "x" * 10_000, ("apple",))) < 200


def test_a_name_is_given_once(fruit: Registry) -> None:
    with pytest.raises(ValueError, match="registered twice"):
        fruit.register("apple")(str)


def test_name_of_a_class_and_of_its_value(fruit: Registry) -> None:
    assert fruit.name_of(Pear) == fruit.name_of(Pear()) == "pear"
    with pytest.raises(InputError, match="registered fruit, got 3"):
        fruit.name_of(3)
