import re
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.analysis.bottleneck.findings import (
    answer_sentences,
    beta_sentence,
    changes_at,
    crossing_sentence,
    crossings,
    doubt_sentence,
    image_sentence,
    peak_sentence,
    position_sentence,
    share_in_words,
)

GRID = (0.1, 1.0, 10.0)


def accuracies(*values: float) -> np.ndarray[Any, Any]:
    return np.array(values)


def test_curves_cross_halfway_in_log_beta() -> None:
    assert crossings(GRID, accuracies(0.9, 0.6, 0.2), accuracies(0.1, 0.4, 0.4)) == pytest.approx([10**0.5])


def test_from_zero_to_the_next_beta_the_curves_are_straight_in_beta() -> None:
    assert crossings((0, 2), accuracies(1, 0), accuracies(0.25, 0.25)) == pytest.approx([1.5])


@pytest.mark.parametrize(
    ("first", "second"),
    [((0.9, 0.8, 0.7), (0.1, 0.2, 0.3)), ((0.9, 0.5, 0.9), (0.1, 0.5, 0.1)), ((0.5,) * 3, (0.5,) * 3)],
)
def test_curves_that_stay_apart_or_only_touch_do_not_cross(first: tuple[float], second: tuple[float]) -> None:
    assert crossings(GRID, accuracies(*first), accuracies(*second)) == []


def test_every_crossing_is_found_and_one_on_the_grid_lies_there() -> None:
    betas = (0.01, 0.1, 1.0, 10.0)
    assert crossings(betas, accuracies(1, 0, 1, 0), np.full(4, 0.5)) == pytest.approx([10**-1.5, 10**-0.5, 10**0.5])
    assert crossings(GRID, accuracies(0.9, 0.5, 0.1), np.full(3, 0.5)) == [1.0]
    assert crossings(betas, accuracies(0.9, 0.5, 0.5, 0.1), np.full(4, 0.5)) == [0.1]


def test_a_channel_changes_side_where_its_margin_is_zero_for_the_last_time() -> None:
    margin = np.array([[-1.0, 1, 2, 1, -1], [-2, 1, -2, -1, 1], [-3, 1, -3, 1, -1], [-4, 1, -3, -3, -2]])
    found = changes_at((0, 0.1, 1.0, 10.0), margin[:, None])
    assert found.shape == (1, 5)
    assert found[0] == pytest.approx([0, np.inf, 0.05, 10**0.25, 10**-0.5])


def test_sentences_about_crossings_say_who_leads_and_when_there_are_none() -> None:
    assert "cross at β 3.2: below, the robust" in crossing_sentence("clean", GRID, [3.16], True)
    assert "do not cross between β 0.1 and 10: the non-robust" in crossing_sentence("attacked", GRID, [], False)
    assert "0.5 and 2" in crossing_sentence("clean", GRID, [0.5, 2], True)


def test_a_rise_before_the_fall_is_claimed_only_beyond_the_intervals() -> None:
    def curve(*values: float) -> list[dict[str, float]]:
        return [{"beta": b, "value": v, "low": v - 0.1, "high": v + 0.1} for b, v in zip(GRID, values, strict=True)]

    assert "no rise before the fall" in peak_sentence("clean", curve(0.9, 0.8, 0.1))
    assert "80 % at β 0.1: a rise that lies within" in peak_sentence("clean", curve(0.8, 0.9, 0.1))
    assert "at β 1 (90 %), after 50 %" in peak_sentence("attacked", curve(0.5, 0.9, 0.1))
    assert "a rise that goes beyond" in peak_sentence("attacked", curve(0.5, 0.9, 0.1))


@pytest.mark.parametrize(
    ("share", "words"), [(0, "none"), (1, "all"), (0.01, "almost none"), (0.98, "almost all"), (0.34, "about a third")]
)
def test_a_share_is_said_as_the_nearest_simple_fraction(share: float, words: str) -> None:
    assert share_in_words(share) == words


def test_a_beta_is_never_read_without_its_controls() -> None:
    def measured(value: float) -> dict[str, float]:
        return {"value": value, "n": 100, "low": value - 0.05, "high": value + 0.05}

    controls = {"wrong_label": measured(0.77), "random_mask": measured(0.22), "random_network": measured(0.11)}
    claims = [
        {"side": side, "images": images, "measured": measured(value), "controls": controls}
        for (side, images), value in {
            ("robust", "clean"): 0.33, ("robust", "attacked"): 0.31, ("nonrobust", "clean"): 0.61,
            ("nonrobust", "attacked"): 0.41,
        }.items()
    ]  # fmt: skip
    point = {"n": 100, "channels": 128, "claims": claims, "robust_fraction": {"mean": 0.0625}, "empty": measured(0.08)}
    said = beta_sentence(3, point)
    assert said.startswith("At β 3, given the true label, the robust channels alone (8 of 128 on average)")
    for part in ("about a third of the 100", "33 %, 95 % interval 28 to 38 %", "31 %", "61 %", "77 %", "22 %", "11 %"):
        assert part in said
    assert "8 % of the images have no robust channel" in said


@pytest.mark.parametrize(
    ("clean", "attacked", "robust_first", "says"),
    [
        ([0.398], [0.806], (True, True), ["better up to β 0.4, the non-robust ones above", "that point is β 0.81"]),
        ([0.9], [], (True, True), ["up to β 0.9", "Under attack, the robust channels alone", "at every β"]),
        ([], [], (False, True), ["the non-robust channels alone predict the class better at every β"]),
        ([0.0037, 0.35], [2.2], (False, True), ["robust channels alone", "only between β 0.0037 and 0.35"]),
        ([0.1, 1], [0.2, 2], (False, False), ["between β 0.1 and 1", "change places more than once"]),
        ([0.1, 1, 3], [], (True, True), ["change places more than once"]),
        ([0.4], [0.8], (True, False), ["Under attack, the non-robust channels alone", "up to β 0.8"]),
    ],
)  # fmt: skip
def test_the_answer_says_who_predicts_better_where_with_at_most_three_numbers(
    clean: list[float], attacked: list[float], robust_first: tuple[bool, bool], says: list[str]
) -> None:
    found = {"clean": clean, "attacked": attacked}
    said = answer_sentences(found, dict(zip(found, robust_first, strict=True)))
    assert all(part in said for part in says), said
    assert said.startswith("Given the true label")
    assert len(re.findall(r"\d+(?:\.\d+)?", said)) <= 3
    assert max(len(sentence.split()) for sentence in said.split(". ")) < 25


def test_a_position_and_the_doubt_are_read_from_the_tables() -> None:
    columns = ["beta", "side", "images", "value", "wrong_label_value", "random_mask_value"]
    rows = [(0.3, "robust", "clean", 1, 0.996, 0.5), (0.3, "robust", "attacked", 0.98, 0.97, 0.46)]
    curves = pd.DataFrame(rows, columns=columns)
    counts = pd.DataFrame({"beta": [0.3], "robust_mean": [10.66]})
    said = position_sentence(curves, counts, 0.3).replace("\u00a0", " ")
    assert said.startswith("On average 10.7 robust channels alone are right on 100 % of the images, 98 % attacked")
    assert ">99 %" in said
    doubt = doubt_sentence(curves, 0.3).replace("\u00a0", " ")
    assert "label at β 0.3, the robust channels repeat it in >99 %" in doubt
    assert "50 %" in doubt


def test_an_image_without_robust_channels_is_not_made_to_speak() -> None:
    """U13: "0 robust; attacked, they say square"."""
    assert image_sentence(3, "disc", "square") == "3 robust channels say disc; attacked, square."
    assert image_sentence(1, "disc", "disc") == "1 robust channel says disc, clean and attacked."
    assert image_sentence(0, "square", "square") == "No channel is robust, so that side says nothing."


def test_what_pages_read_with_loads_neither_torch_nor_sklearn() -> None:
    names = ("results", "bottleneck.findings", "channels.rules", "drawn")
    program = (
        "import importlib, sys\n"
        f"for name in {names}: importlib.import_module('core.analysis.' + name)\n"
        "assert not {'torch', 'sklearn', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
