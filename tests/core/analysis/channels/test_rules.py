import numpy as np
import pandas as pd
import pytest

from core.analysis.channels.rules import EXAMPLE, Rule, choose_channels, listed, parse_rule, parts
from core.errors import InputError

NAMES = ("cat", "hot dog")
TABLE = pd.DataFrame(
    {"robust_share": [0.0, 0.5, 0.8], "robust_share_0": [0.0, 0.8, 0.9], "robust_share_1": [0.0, 0.2, 0.7]}
)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("robust in at least 80 % of images of class cat", [False, True, True]),
        ("robust in at least 80% of the images of class cat", [False, True, True]),
        ("robust in at most 20 % of images of class hot dog", [True, True, False]),
        ("non-robust in at least 50 % of images", [True, True, False]),
        ("non-robust in at most 20.5 % of all images", [False, False, True]),
    ],
)
def test_rules_choose_by_share_and_class(text: str, chosen: list[bool]) -> None:
    assert choose_channels(text, TABLE, NAMES).tolist() == chosen


@pytest.mark.parametrize(
    ("text", "chosen"), [("1", [False, True, False]), ("0, 2", [True, False, True]), ("1-2", [False, True, True])]
)
def test_lists_choose_by_number(text: str, chosen: list[bool]) -> None:
    assert choose_channels(text, TABLE, NAMES).tolist() == chosen


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("0; robust in at least 80 % of images", [True, False, True]),
        ("robust in at least 80 % of images;1", [False, True, True]),
        ("robust in at least 80 % of images of class cat; robust in at most 0 % of images", [True, True, True]),
    ],
)
def test_lists_and_rules_count_together(text: str, chosen: list[bool]) -> None:
    assert choose_channels(text, TABLE, NAMES).tolist() == chosen


def test_parts_are_lists_and_rules_whatever_a_class_is_named() -> None:
    rule = "robust in at least 80 % of images of class cat; dog"
    assert parts(f" 0-2,7 ; {rule};9") == ["0-2,7", rule, "9"]
    assert parts("") == []


def test_a_rule_reads_as_it_is_written() -> None:
    assert str(parse_rule(EXAMPLE)) == EXAMPLE
    assert parse_rule(EXAMPLE) == Rule(side="robust", bound="at least", share=0.8, class_name="cat")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("robust often", "Expected channels such as 3,17,20-24 or a rule such as"),
        ("robust in at least 120 % of images", "Expected channels"),
        ("", "Expected channels"),
        ("3", "Channels go from 0 to 2, got 3"),
        ("2-1", "Channels go from 0 to 2, got 2-1"),
        ("robust in at least 5 % of images of class cats", "Unknown class 'cats'; .*Did you mean 'cat'"),
    ],
)
def test_anything_else_is_refused_with_an_example(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        choose_channels(text, TABLE, NAMES)


@pytest.mark.parametrize(("numbers", "text"), [([], ""), ([3], "3"), ([0, 1, 2, 7, 9, 10], "0-2,7,9-10")])
def test_channels_are_listed_as_they_are_read(numbers: list[int], text: str) -> None:
    chosen = np.isin(np.arange(12), numbers)
    assert listed(chosen) == text
    if text:
        assert choose_channels(text, pd.DataFrame(index=range(12)), NAMES).tolist() == chosen.tolist()
