import pytest

from core.attacks import BIM, ThreatModel
from core.errors import InputError


@pytest.mark.parametrize(("epsilon", "steps"), [(0.03, 9), (0.0, 1), (1 / 255, 1), (8 / 255, 10), (0.5, 131)])
def test_steps_follow_from_epsilon(epsilon: float, steps: int) -> None:
    assert BIM(threat=ThreatModel(epsilon=epsilon)).schedule[:2] == (steps, 1 / 255)


def test_given_steps_count() -> None:
    assert BIM(steps=3).schedule.steps == 3


def test_no_steps_are_refused() -> None:
    with pytest.raises(InputError, match="at least 1 step, got 0"):
        BIM(steps=0)
