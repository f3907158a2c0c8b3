import pytest

from core.attacks import PGD, ThreatModel
from core.errors import InputError
from core.training import RECIPES, Recipe


def test_the_paper_trains_standard_with_momentum_and_without_decay() -> None:
    recipe = RECIPES["paper"]("standard")
    assert (recipe.epochs, recipe.batch_size, recipe.learning_rate) == (60, 100, 0.01)
    assert (recipe.momentum, recipe.weight_decay, recipe.schedule) == (0.9, 0, "steps")


def test_the_paper_trains_a_defense_with_decay_and_without_momentum() -> None:
    recipe = RECIPES["paper"]("adv")
    assert (recipe.momentum, recipe.weight_decay) == (0, 1e-2)
    attack = recipe.attack(0.03)
    assert (attack.steps, attack.random_start) == (10, True)
    assert attack.step_size == pytest.approx(0.0069)


def test_the_paper_multiplies_its_rate_by_a_fifth_every_twenty_epochs() -> None:
    rates = [RECIPES["paper"]("adv").rate(epoch) for epoch in (0, 19.99, 20, 39.99, 40, 59.99)]
    assert rates == pytest.approx([0.01, 0.01, 0.002, 0.002, 0.0004, 0.0004])


def test_one_cycle_rises_to_its_peak_and_falls_to_zero() -> None:
    recipe = Recipe(schedule="one-cycle", epochs=20, learning_rate=0.1, rise=0.25)
    assert [recipe.rate(epoch) for epoch in (0, 2.5, 5, 12.5, 20)] == pytest.approx([0, 0.05, 0.1, 0.05, 0])


def test_the_fast_attack_is_one_step_of_five_quarters() -> None:
    expected = PGD(threat=ThreatModel(norm="linf", epsilon=0.04), steps=1, step_size=0.05)
    assert RECIPES["fast"]("adv").attack(0.04) == expected


def test_the_radius_waits_for_the_warm_up_and_then_grows_in_a_line() -> None:
    recipe = Recipe(warmup_epochs=2, ramp_epochs=4)
    assert [recipe.strength(epoch) for epoch in (0, 1.99, 2, 4, 6, 50)] == [0, 0, 0, 0.5, 1, 1]
    assert Recipe().strength(0) == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"epochs": 0},
        {"batch_size": 0},
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"learning_rate": float("inf")},
        {"momentum": 1.0},
        {"weight_decay": -1.0},
        {"label_smoothing": 1.0},
        {"attack_steps": 0},
        {"warmup_epochs": -1},
        {"ramp_epochs": -1},
        {"rise": 0.0},
        {"schedule": "cosine"},
    ],
)
def test_a_number_out_of_range_is_named(bad: dict) -> None:
    (name,) = bad
    with pytest.raises(InputError, match=name.replace("_", " ").capitalize()):
        Recipe(**bad)
