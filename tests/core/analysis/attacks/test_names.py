"""Labels as people read them, over every registered attack."""

import pytest

from core.analysis.attacks.names import title_of
from core.attacks import ATTACKS, NRF, PGD, label_of


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_has_a_title_of_its_own(name: str) -> None:
    assert title_of(name) == ATTACKS.title(name)
    assert title_of(name)[0].isupper()
    assert [ATTACKS.title(other) for other in ATTACKS].count(title_of(name)) == 1


def test_settings_stand_in_brackets() -> None:
    assert title_of(label_of(PGD(steps=100, random_start=False))) == "PGD (steps 100, random start False)"
    assert title_of(label_of(NRF(mask="random"))) == "NRF (random channels)"
    assert title_of("worst case") == "worst case"
