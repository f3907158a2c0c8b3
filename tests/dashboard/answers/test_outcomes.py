import pytest

from dashboard.answers.outcomes import outcome


@pytest.mark.parametrize(
    ("before", "after", "expected"), [(0, 0, "held"), (0, 1, "fooled"), (1, 1, "wrong"), (1, 0, "wrong")]
)
def test_an_image_is_fooled_only_where_it_was_right_before(before: int, after: int, expected: str) -> None:
    assert outcome(0, before, after) == expected
