"""The order in which images are stepped through."""

from collections import Counter
from collections.abc import Sequence

import pytest

from dashboard.frame.among import Sequel

KNOWN = {0: "held", 2: "fooled", 5: "fooled", 7: "wrong"}


def sequel(images: object, here: int) -> Sequel:
    return Sequel(images, here, KNOWN, "", (), 10)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("images", "here", "before", "after"),
    [
        (range(10), 0, 9, 1), (range(10), 9, 8, 0), ([2, 5], 2, 5, 5), ([2, 5], 3, 2, 5), ([2, 5], 9, 5, 2),
        ([2, 5], 0, 5, 2), ([7], 7, 7, 7),
    ],
)  # fmt: skip
def test_steps_stay_among_the_images(images: object, here: int, before: int, after: int) -> None:
    assert (sequel(images, here).before, sequel(images, here).after) == (before, after)


def test_kinds_are_counted_and_found() -> None:
    images = sequel(range(10), 0)
    assert images.counts == Counter(fooled=2, held=1, wrong=1)
    assert images.of("fooled") == [2, 5]
    assert list(Sequel(range(3), 0, {}, "", (), 3).of("wrong")) == [0, 1, 2], "nothing is known: all"
    assert (images.says(2), images.says(7), images.says(1)) == (", fooled", ", wrong before", "")


@pytest.mark.parametrize(
    ("known", "says"), [(range(10), ""), (range(4), " of the first 4"), ([0, 1, 7], " of 3 known")]
)
def test_a_count_says_of_how_many_images_it_is(known: Sequence[int], says: str) -> None:
    assert Sequel(range(10), 0, dict.fromkeys(known, "held"), "", (), 10).judged == says


def test_an_outcome_names_the_attack_that_it_was_found_under_where_that_is_another() -> None:
    images = Sequel(range(10), 0, KNOWN, "PGD ε 16/255", {5}, 10)
    assert (images.says(2), images.says(5)) == (", fooled under PGD ε 16/255", ", fooled")


@pytest.mark.parametrize(("here", "first"), [(0, 0), (5, 4), (9, 6)])
def test_the_strip_shows_a_whole_page_around_the_image(here: int, first: int) -> None:
    shown = sequel(range(10), here).window(4)
    assert list(shown) == list(range(first, first + 4))
    assert here in shown
