import pytest

from core.attacks import ATTACKS, CW, PGD, ThreatModel, bounded_attacks
from core.errors import InputError
from dashboard.answers.question import attack_of, in_words


def test_an_attack_has_the_settings_that_it_has_fields_for() -> None:
    threat = ThreatModel(epsilon=8 / 255)
    assert attack_of("pgd", 8 / 255) == PGD(threat=threat)
    assert attack_of("pgd", 8 / 255, 40, 2 / 255) == PGD(threat=threat, steps=40, step_size=2 / 255)
    assert attack_of("cw", 8 / 255, 40) == CW(steps=40)
    assert attack_of("none", 8 / 255) is None


@pytest.mark.parametrize("name", list(ATTACKS))
def test_every_attack_is_said_with_its_bound_and_what_it_takes(name: str) -> None:
    said = in_words(attack_of(name, 8 / 255))
    assert said.startswith(f"{name.upper()}, ")
    assert ("ε 8/255" in said) == (name in bounded_attacks())
    assert ("no bound" in said) == (name not in bounded_attacks())
    assert "step" in said


def test_words_of_a_schedule() -> None:
    assert in_words(attack_of("pgd", 8 / 255, 40, 2 / 255)) == "PGD, L∞ ε 8/255, 40 steps of 2/255"
    assert in_words(None) == "no attack"
    with pytest.raises(InputError, match="step size must be at least 0"):
        attack_of("pgd", 0.1, 1, -1.0)
