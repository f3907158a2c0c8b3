"""Bars as HTML: which classes they show, that nothing from outside acts in them, and that they say what they show."""

import re
from dataclasses import replace

import numpy as np
import pytest

from core.look import DARK, LIGHT, PRESENT_SIZE, Look, percent
from dashboard.shared.bars import (
    Group,
    Measured,
    measured_bars,
    measured_table,
    prediction_bars,
    prediction_table,
    side_groups,
)

NAMES = ("disc", "ring", "<script>alert(1)</script>", "heart", "star")
SIZES = {"all": 8, "robust": 3, "nonrobust": 5}
Sides = dict[str, np.ndarray]


def sure_of(k: int, share: float = 0.6) -> np.ndarray:
    rest = (1 - share) / (len(NAMES) - 1)
    return np.array([share if i == k else rest for i in range(len(NAMES))])


def sides(everyone: int, robust: int, nonrobust: int) -> Sides:
    return {"all": sure_of(everyone), "robust": sure_of(robust), "nonrobust": sure_of(nonrobust)}


def drawn(look: Look = LIGHT, true: int | None = 0, sizes: dict[str, int] = SIZES, attacked: bool = True) -> str:
    said = [sides(0, 0, 0), sides(1, 0, 2)][: 1 + attacked]
    return prediction_bars(side_groups(said, [sizes] * len(said), look), NAMES, true, look, "The takeaway.")


def text(html: str) -> str:
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


def by_side(html: str) -> list[str]:
    """What is written of all, the robust and the non-robust channels."""
    return re.split("● robust only|▲ non-robust only", text(html))


@pytest.mark.parametrize("look", [LIGHT, DARK, replace(LIGHT, size=PRESENT_SIZE)])
def test_the_true_class_stands_first_then_what_is_predicted(look: Look) -> None:
    html = drawn(look)
    everyone, robust, nonrobust = by_side(html)
    assert f"disc → ring ✗ fooled disc ✓ {percent(0.6)} {percent(0.1)} ring {percent(0.1)} {percent(0.6)}" in everyone
    assert robust.startswith(" 3 channels disc ✓ not fooled disc ✓")
    assert "✗ fooled" in nonrobust
    assert "star" not in text(html), "three classes at most"
    assert f"font-size:{look.size + 1}px" in html
    assert look.sides(attacked=True)["all"] in html


@pytest.mark.parametrize("compact", [True, False])
def test_what_a_group_predicts_always_has_its_bar(compact: bool) -> None:
    """Also where it is wrong before and says another wrong class after, so that the true one has no room."""
    groups = side_groups([sides(1, 3, 1), sides(4, 3, 4)], [SIZES] * 2, LIGHT)
    everyone, robust, _ = by_side(prediction_bars(groups, NAMES, 3, LIGHT, "x", compact=compact))
    assert re.search(f"ring {percent(0.6)} .*star {percent(0.1)} {percent(0.6)}", everyone)
    assert f"heart ✓ {percent(0.6)} {percent(0.6)}" in robust


def test_names_and_badges_take_one_line_each_in_every_group() -> None:
    """So that bars line up; a side that falls silent keeps the line of the badge free."""
    quiet = {"all": 8, "robust": 0, "nonrobust": 8}
    said = [sides(0, 0, 0), sides(1, 0, 2)]
    html = prediction_bars(side_groups(said, [SIZES, quiet], LIGHT), NAMES, 0, LIGHT, "x", compact=True)
    heads = [part.count("height:1.4em;white-space:nowrap") for part in html.split('<div style="min-width:0">')[1:]]
    assert heads == [5, 5, 5]  # title, what is said, the badge, two classes


def test_where_nobody_speaks_it_is_said_in_words() -> None:
    _, robust, nonrobust = by_side(drawn(sizes={"all": 8, "robust": 0, "nonrobust": 8}))
    assert robust == " 0 channels nothing: no channel "
    assert "disc ✓" in nonrobust


def test_a_side_may_fall_silent_after_the_attack() -> None:
    said, sizes = [sides(0, 0, 0)] * 2, [SIZES, {"all": 8, "robust": 0, "nonrobust": 8}]
    robust = by_side(prediction_bars(side_groups(said, sizes, LIGHT), NAMES, 0, LIGHT, "x"))[1]
    assert robust.startswith(" 3, attacked 0 channels disc → nothing: no channel")


def test_without_an_attack_there_is_one_bar_a_class_and_no_word_of_before() -> None:
    everyone = by_side(drawn(attacked=False))[0]
    assert "before" not in everyone
    assert "fooled" not in everyone
    assert everyone.count("%") == 2


def test_an_image_that_was_wrong_before_is_not_called_fooled() -> None:
    assert "wrong before" in by_side(drawn(true=3))[0]
    assert "wrong before" not in text(drawn(true=None))


def test_nothing_from_outside_acts() -> None:
    group = Group(
        title="<b onclick='x'>", note="<i>", color="#000000", attacked="#000000", said=(sure_of(2), sure_of(2))
    )
    html = prediction_bars([group], NAMES, 2, LIGHT, '"><script>')
    html += measured_bars([Measured("<script>", 0.5, 0.4, 0.6)], LIGHT, '" onload="x')
    assert not re.search("<script|<b onclick|<i>", html)
    assert 'aria-label="&quot;&gt;&lt;script&gt;"' in html
    assert 'aria-label="&quot; onload=&quot;x"' in html


def test_the_table_holds_every_class_of_every_group() -> None:
    table = prediction_table(side_groups([sides(0, 0, 0), sides(1, 0, 2)], [SIZES, SIZES], LIGHT), NAMES)
    assert table.shape == (5, 6)
    assert table.loc["ring", "all channels, after"] == 0.6


def test_a_fraction_shows_its_interval_in_words_too() -> None:
    rows = [Measured("the claim", 0.9, 0.8, 0.95), Measured("its control", 0.3, 0.2, 0.4, control=True)]
    html = measured_bars(rows, LIGHT, "takeaway")
    first, last = percent(0.2), percent(0.4)
    assert f"{percent(0.3)} {first} to {last}" in text(html)
    assert (html.count(f"background:{LIGHT.robust}"), html.count(f"background:{LIGHT.muted}")) == (1, 1)
    assert "left:80.00%;width:15.00%" in html, "the whisker"
    assert measured_table(rows).loc["its control", "control"]
