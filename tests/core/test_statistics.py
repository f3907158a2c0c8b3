import math

import numpy as np
import pandas as pd
import pytest
import torch

from core.errors import InputError
from core.statistics import Z95, Difference, accuracy, fraction, paired_difference, spread, unpaired_difference


@pytest.mark.parametrize(
    ("correct", "n", "low", "high"),
    [  # Wilson's interval from tables, to four digits
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (50, 100, 0.4038, 0.5962),
        (412, 1000, 0.3819, 0.4428),
        (1, 1, 0.2065, 1.0),
    ],
)
def test_wilson_interval(correct: int, n: int, low: float, high: float) -> None:
    found = accuracy(correct, n)
    assert (found.value, found.n) == (correct / n, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert 0 <= found.low <= found.value <= found.high <= 1


@pytest.mark.parametrize(("correct", "n"), [(0, 0), (3, 2), (-1, 5)])
def test_impossible_counts_are_refused(correct: int, n: int) -> None:
    with pytest.raises(InputError, match="at least 1 image"):
        accuracy(correct, n)


@pytest.mark.parametrize("n", [1, 2, 7, 100, 999, 10_000])
def test_the_interval_is_wilsons_equation(n: int) -> None:
    """(p + z^2/2n -+ z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n), which every stored result was made with."""
    for correct in range(0, n + 1, max(1, n // 25)):
        p, share = correct / n, Z95**2 / n
        center, half = (p + share / 2) / (1 + share), math.sqrt(p * (1 - p) * share + share**2 / 4) / (1 + share)
        found = accuracy(correct, n)
        assert (found.low, found.high) == pytest.approx((center - half, center + half), abs=1e-12)


@pytest.mark.parametrize("kind", [pd.Series, np.array, torch.tensor])
def test_a_fraction_is_an_accuracy_as_plain_data(kind: type) -> None:
    found = fraction(kind([True] * 8 + [False] * 2))
    assert list(found) == ["value", "n", "low", "high"]
    assert all(type(number) in (int, float) for number in found.values())
    assert (found["value"], found["n"]) == (0.8, 10)
    assert (found["low"], found["high"]) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_a_spread_is_that_of_the_numbers_among_the_values() -> None:
    values = np.random.default_rng(0).normal(size=50)
    series = pd.Series(values)
    quantiles = {f"q{q:02d}": series.quantile(q / 100) for q in (5, 50, 95)}
    assert spread(values) == pytest.approx({"mean": series.mean(), **quantiles}, abs=1e-12)
    assert spread([*values, float("nan")]) == spread(values)
    assert list(spread(values, (25, 75)) or {}) == ["mean", "q25", "q75"]
    assert spread([]) is None
    assert spread([float("nan")]) is None


def test_pairs_are_counted_where_they_differ() -> None:
    first, second = np.arange(10) < 7, np.arange(10) < 5  # b = 2, a = 0
    found = paired_difference(first, second)
    assert (found.value, found.n) == (0.2, 10)
    half = Z95 * math.sqrt(3 - 4 / 12) / 12
    assert (found.low, found.high) == pytest.approx((2 / 12 - half, 2 / 12 + half), abs=1e-12)
    swapped = paired_difference(pd.Series(second), pd.Series(first))
    assert (swapped.value, swapped.low, swapped.high) == pytest.approx((-found.value, -found.high, -found.low))


def test_pairs_need_the_same_images() -> None:
    with pytest.raises(InputError, match="same images on both sides, at least 1, got 3 and 2"):
        paired_difference([True] * 3, [True] * 2)
    with pytest.raises(InputError, match="got 0 and 0"):
        paired_difference([], [])


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((10, 10), (0, 20), 0.6791, 1.0)],
)
def test_two_shares_of_different_images_as_newcombe_prints_them(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe 1998, table II, method 10, contrasts a, b and g."""
    found = unpaired_difference(vars(accuracy(*first)), vars(accuracy(*second)))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert found.n == first[1] + second[1]


def test_two_intervals_tell_no_more_than_the_pairs_where_both_rise_together() -> None:
    one = np.arange(200) < 90
    other = np.arange(200) < 70
    pairs = paired_difference(one, other)
    apart = unpaired_difference(fraction(one), fraction(other))
    assert apart.value == pytest.approx(pairs.value)
    assert apart.low < pairs.low < pairs.high < apart.high
    assert (pairs.sign, apart.sign) == (1, 1 if apart.low > 0 else 0)


@pytest.mark.parametrize(("low", "high", "sign"), [(0.1, 0.2, 1), (-0.2, -0.1, -1), (-0.1, 0.1, 0), (0, 0.2, 0)])
def test_the_sign_of_a_difference_is_what_its_interval_tells(low: float, high: float, sign: int) -> None:
    assert Difference(value=(low + high) / 2, low=low, high=high, n=9).sign == sign
