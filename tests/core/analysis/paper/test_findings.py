"""Every sentence of the essay, whole, on tables whose numbers are all different."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pandas as pd
import pytest

from core.analysis.paper.findings import Paragraph, commands, conditions, essay
from core.analysis.results import StoredResult
from core.models import ModelCard
from tests.core.analysis.paper.stand_ins import Stored, card, share

READ = ("clean", "pgd", "cw")
ROBUST, OTHER = (99.1, 96.2, 95.3), (35.4, 21.5, 14.6)
STANDING = {"clean": (79.6, 44.4, 44.4, 0.1), "pgd": (42.3, 46.5, 71.2, 1.7), "cw": (37.9, 77.3, 77.1, 0.6)}
LINEAR = {"weights": 88.1, "after ReLU": 77.2}
SAID = {"predicted": 81.3, "random": 12.7, "other class": 23.8}


def one(topic: str, **results: StoredResult) -> Paragraph:
    """The paragraph about one topic."""
    (found,) = [paragraph for paragraph in essay(results) if paragraph.topic == topic]
    return found


def table1(
    of: ModelCard | None = None,
    robust: Sequence[float] = ROBUST,
    other: Sequence[float] = OTHER,
    *,
    examples: Sequence[str] = READ,
    echo: float = 91.9,
    linear: Mapping[str, float] = LINEAR,
    half: float = 1e-6,
    empty: float = 0,
    differences: Sequence[Mapping[str, Any]] = (),
) -> Stored:
    """Percent in the cells that are read; those of FGSM and of the batch's threshold are there and are no number.

    Intervals reach `half` points to either side; on `empty` percent of the images a wrong label leaves nothing robust.
    """
    sources = ["true", "wrong", *SAID, *linear]
    keys = product(("image", "batch"), sources, ("fgsm", *examples), ("robust", "nonrobust"), ("true", "supplied"))
    cells: dict[tuple[str, ...], float] = dict.fromkeys(keys, float("nan"))
    for example, keeps, loses in zip(examples, robust, other, strict=False):
        cells["image", "true", example, "robust", "true"] = keeps
        cells["image", "true", example, "nonrobust", "true"] = loses
    cells["image", "wrong", "clean", "robust", "supplied"] = echo
    cells["image", "wrong", "clean", "robust", "true"] = 3.4
    for source, percent in {**SAID, **linear}.items():
        cells["image", source, "clean", "robust", "true"] = percent
    cells["", "none", "clean", "all", "true"] = 79.6
    columns = ["tolerance", "source", "example", "side", "against"]
    rows = pd.DataFrame(
        [dict(zip(columns, key, strict=True)) | share(value, half=half) for key, value in cells.items()]
    )
    masks = pd.DataFrame([{"tolerance": "image", "source": "wrong", "empty": empty / 100}])
    summary = {"n": 1000, "examples": ["clean", "fgsm", *examples[1:]], "differences": list(differences)}
    return Stored(
        card=of or card(), summary=summary, tables={"cells": rows, "masks": masks, "standing": standing(STANDING)}
    )


def standing(percents: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """Percent by example: right; of these the non-robust side's, and before; the non-robust side's of all others."""
    names = ["right", "nonrobust", "before", "turned"]
    rows = [{"example": example, **dict(zip(names, row, strict=True))} for example, row in percents.items()]
    return pd.DataFrame(rows).set_index("example").div(100).reset_index()


MEASURED = (
    "On the first 1000 test images, given the true label, the robust channels alone say it on 99.1 % (clean), "
    "96.2 % (PGD), 95.3 % (CW){}, the non-robust channels alone on 35.4 % (clean), 21.5 % (PGD), 14.6 % (CW){}."
)
BESIDE = MEASURED.format(" (printed: 99.9, 99.4, 99.8 %)", " (printed: 34.8, 20.6, 13.7 %)")
FALL = "Printed is a fall of the non-robust side from clean to PGD to CW; {} in this order."
FALLS, RISES = FALL.format("ours falls"), FALL.format("ours does not fall")
FALL_UNTOLD = FALL.format("the intervals do not tell whether ours falls")
NOWHERE = "The robust side is nowhere more than 5 points below the printed shares."
SOMEWHERE = NOWHERE.replace("nowhere", "somewhere")
LOW_UNTOLD = "The intervals do not tell whether the robust side is more than 5 points below a printed share."


def test_table_1_stands_beside_the_printed_numbers() -> None:
    said = one("split", table1=table1())
    assert said.heading == "The pattern of Table 1 is there"
    assert said.text == " ".join([BESIDE, FALLS, NOWHERE])
    assert said.commands == ("python -m core paper table1 --models cifar10-vgg16-adv --n 1000",)


@pytest.mark.parametrize(
    "name",
    ["cifar10-vgg16-trades", "cifar10-vgg16-trades-released", "cifar10-vgg16-mart", "digits-vgg16-adv", "svhn-toy-adv"],
)
def test_nothing_printed_is_claimed_of_a_network_that_the_paper_does_not_print(name: str) -> None:
    said = essay({"table1": table1(card(name)), "table2": table2(card(name))})
    assert said[0].heading == "Table 1, for a network that the paper does not print"
    assert said[0].text == MEASURED.format("", "")
    assert "printed" not in " ".join(paragraph.text for paragraph in said)


@pytest.mark.parametrize(
    ("robust", "other", "falls", "low"),
    [
        (ROBUST, OTHER, FALLS, NOWHERE),
        (ROBUST, (35.4, 14.5, 21.6), RISES, NOWHERE),
        (ROBUST, (35.4, 35.4, 14.6), FALL_UNTOLD, NOWHERE),
        (ROBUST, (0, 0, 0), FALL_UNTOLD, NOWHERE),
        ((94.9, 94.42, 94.9), OTHER, FALLS, NOWHERE),
        ((94.9, 94.3, 94.9), OTHER, FALLS, SOMEWHERE),
        ((94.8, 99.9, 99.9), (1.2, 3.4, 5.6), RISES, SOMEWHERE),
    ],
)
def test_the_pattern_is_there_where_one_side_falls_and_the_other_stays(
    robust: Sequence[float], other: Sequence[float], falls: str, low: str
) -> None:
    said = one("split", table1=table1(robust=robust, other=other))
    assert said.text.endswith(f". {falls} {low}")
    verdict = "is there only in part" if falls == RISES or low == SOMEWHERE else "is there"
    if verdict == "is there" and falls == FALL_UNTOLD:
        verdict = MAY_BE
    assert said.heading == f"The pattern of Table 1 {verdict}"


MAY_BE = "may be there: the intervals are too wide to tell"


@pytest.mark.parametrize(
    ("half", "falls", "low", "verdict"),
    [
        (1.8, FALLS, LOW_UNTOLD, MAY_BE),
        (6.0, FALL_UNTOLD, LOW_UNTOLD, MAY_BE),
        (0.4, FALLS, NOWHERE, "is there"),
    ],
)
def test_no_verdict_on_the_pattern_goes_beyond_the_intervals(half: float, falls: str, low: str, verdict: str) -> None:
    """35.4, 21.5, 14.6 fall by 13.9 and 6.9 points; 95.3 stands half a point above the printed 99.8 less five."""
    said = one("split", table1=table1(half=half))
    assert said.text.endswith(f". {falls} {low}")
    assert said.heading == f"The pattern of Table 1 {verdict}"


def test_pairs_of_images_tell_more_than_two_intervals() -> None:
    steps = [("clean", "pgd", 0.139), ("pgd", "cw", 0.069)]
    pairs = [
        {"before": before, "after": after, "value": value, "low": value - 0.01, "high": value + 0.01, "n": 50}
        for before, after, value in steps
    ]
    assert FALL_UNTOLD in one("split", table1=table1(half=6)).text
    assert FALLS in one("split", table1=table1(half=6, differences=pairs)).text


@pytest.mark.parametrize(
    ("robust", "low"), [((78.2, 72.8, 70.8), NOWHERE), ((78.1, 72.6, 70.6), SOMEWHERE), (ROBUST, NOWHERE)]
)
def test_tiny_imagenet_is_held_to_its_own_printed_shares(robust: Sequence[float], low: str) -> None:
    """Printed 83.1, 77.6, 75.7; far above them is not within five points of them, and is not said to be."""
    said = one("split", table1=table1(card("tiny_imagenet-vgg16-adv"), robust=robust))
    assert "(CW) (printed: 83.1, 77.6, 75.7 %), the non-robust" in said.text
    assert said.text.endswith(low)
    assert said.heading == "The pattern of Table 1 is there" + " only in part" * (low == SOMEWHERE)


def test_examples_that_were_not_attacked_are_not_named() -> None:
    said = one("split", table1=table1(examples=READ[:2])).text
    assert "the robust channels alone say it on 99.1 % (clean), 96.2 % (PGD) (printed: 99.9, 99.4 %), the" in said
    assert "from clean to PGD; ours falls in this order." in said


LEFT = (
    "The logits of the two sides add up to the network's and the last layer's bias, which is in both; so where the "
    "robust side is right and the network wrong, the non-robust side is hardly ever right. Of the images misclassified "
    "under CW it is right on 0.6 %. What counts is the images that an attack leaves right. PGD leaves 42.3 % right and "
    "moves these too: the non-robust side has 71.2 % of them right before, 46.5 % after. CW leaves 37.9 % right and "
    "returns what it could not turn as it was: 77.1 % before, 77.3 % after. Of all clean images that the network has "
    "right, it is 44.4 %; of those that CW turned, 14.6 % (difference +62.4 points [+56.6, +67.4])."
)
LEFT_IN_PRINT = (
    "The printed numbers, read the same way: 43.7 % clean, 33.9 % under CW. So the paper's CW turned first what the "
    "non-robust side had right, or returned something else than the clean image where it failed; of how many images is "
    "not printed, so this has no interval."
)
CW_FAILS = "Where CW fails, it returns the clean image; there the non-robust side is right {}"


def test_the_row_of_cw_is_made_of_what_it_could_not_turn() -> None:
    said = one("standing", table1=table1())
    assert said.heading == CW_FAILS.format("more often than elsewhere")
    assert said.text == f"{LEFT} {LEFT_IN_PRINT}"
    tiny = one("standing", table1=table1(card("tiny_imagenet-vgg16-adv"))).text
    assert tiny == f"{LEFT} The printed numbers, read the same way: 22.1 % clean, 33.6 % under CW."
    assert one("standing", table1=table1(card("digits-vgg16-adv"))).text == LEFT


@pytest.mark.parametrize(
    ("before", "n", "often"),
    [
        (77.1, 1000, "more often than elsewhere"),
        (40, 1000, "less often than elsewhere"),
        (47, 1000, "no more often than elsewhere, as far as the interval tells"),
        (60, 12, "no more often than elsewhere, as far as the interval tells"),
    ],
)
def test_whether_the_side_is_right_more_often_where_cw_fails_is_said_as_far_as_the_interval_tells(
    before: float, n: int, often: str
) -> None:
    """Against the images that CW turned: all that the network has right, 44.4 %, hold those that CW left as well."""
    result = table1()
    rows = standing(STANDING | {"cw": (37.9, before, before, 0.6)})
    result = replace(result, tables=result.tables | {"standing": rows}, summary=result.summary | {"n": n})
    assert one("standing", table1=result).heading == CW_FAILS.format(often)


def test_without_cw_or_where_it_turned_everything_nothing_is_said_of_it() -> None:
    nothing_left = standing(STANDING | {"cw": (0, float("nan"), float("nan"), 9)})
    for result in (table1(examples=READ[:2]), replace(table1(), tables=table1().tables | {"standing": nothing_left})):
        assert "standing" not in [paragraph.topic for paragraph in essay({"table1": result})]


@pytest.mark.parametrize(
    ("echo", "half", "heading"),
    [
        (0, 5, "On none of 50 images do the robust channels repeat a wrong label that they were given"),
        (0.1, 5, "Sometimes, the robust channels repeat whichever label they were given"),
        (49.9, 0.01, "Sometimes, the robust channels repeat whichever label they were given"),
        (49.9, 5, "About half the time, the robust channels repeat whichever label they were given"),
        (50.1, 5, "About half the time, the robust channels repeat whichever label they were given"),
        (50.1, 0.01, "Mostly, the robust channels repeat whichever label they were given"),
    ],
)
def test_a_wrong_label_is_echoed_as_often_as_it_is(echo: float, half: float, heading: str) -> None:
    said = one("label", table1=table1(echo=echo, half=half))
    assert said.heading == heading
    assert said.text.startswith(
        f"Given a wrong label, the robust channels repeat it on {echo:.1f} % of the same images, and "
        "say the true one on 3.4 %. Given what"
    )


def test_images_on_which_a_wrong_label_leaves_no_robust_channel_are_counted_apart() -> None:
    said = one("label", table1=table1(empty=7.3)).text
    apart = "On 7.3 % no channel is robust, so that side says nothing."
    assert f"and say the true one on 3.4 %. {apart} Given what" in said
    assert "no channel is robust" not in one("label", table1=table1()).text


@pytest.mark.parametrize("linear", [LINEAR, {}], ids=["linear tail", "no linear tail"])
def test_the_other_sources_are_those_that_there_are(linear: Mapping[str, float]) -> None:
    said = one("label", table1=table1(linear=linear))
    without = (
        " Without any optimization, the channels whose weight speaks for the true label: 88.1 %; with the noise behind "
        "the ReLU: 77.2 %."
    )
    assert said.text == (
        "Given a wrong label, the robust channels repeat it on 91.9 % of the same images, and say the true "
        "one on 3.4 %. Given what the network itself predicts, so that nothing leaks, they are right on 81.3 %: "
        "the whole network is right on 79.6 %. The same number at random: 12.7 %; the split of an image of another "
        "class: 23.8 %." + without * bool(linear)
    )


def table2(
    of: ModelCard | None = None, lot: Sequence[float] = (41.4, 42.5, 43.6), n: Sequence[int] = (50, 60, 70)
) -> Stored:
    """Percent of the images that are misclassified after an attack, give or take five; what is not read is NaN."""
    told = {"true": (61.1, 62.2, 63.3), "random": lot, "wrong": (31.7, 32.8, 33.9)}
    rows = []
    for tolerance, counted, source in product(("image", "batch"), ("all fooled", "right when clean"), told):
        for attack, percent, fooled in zip(("fgsm", "pgd", "cw"), told[source], n, strict=True):
            known = (tolerance, counted) == ("image", "all fooled") and fooled
            row = {"tolerance": tolerance, "source": source, "attack": attack, "counted": counted}
            rows.append({**row, **share(percent if known else float("nan"), fooled, half=5)})
    return Stored(card=of or card(), summary={"n": 1000}, tables={"cells": pd.DataFrame(rows)})


MORE = "Non-robust channels say what the attack made of the image, {} often than the same number at random{}"


@pytest.mark.parametrize(
    ("lot", "heading"),
    [
        ((41.4, 42.5, 43.6), MORE.format("more", "")),
        ((54.2, 55.3, 56.4), MORE.format("no more", ", as far as the intervals tell")),
        ((81.1, 82.2, 83.3), MORE.format("no more", ", as far as the intervals tell")),
        ((41.4, 55.3, 43.6), MORE.format("more", " under FGSM, CW only")),
        ((61.1, 42.5, 63.3), MORE.format("more", " under PGD only")),
    ],
)
def test_more_often_than_by_lot_where_intervals_are_apart(lot: Sequence[float], heading: str) -> None:
    """Half an interval is five points, so that up to 7.1 points between two shares hold them together."""
    said = one("agreement", table2=table2(lot=lot))
    assert said.heading == heading
    assert said.text == (
        "On the images that are misclassified after the attack, the non-robust channels alone predict the same class "
        "as the whole network: 61.1 % under FGSM, 62.2 % under PGD, 63.3 % under CW (one of the printed columns: 92.8 "
        f"to 97.7 %). The same number at random: {lot[0]} %, {lot[1]} %, {lot[2]} %; those that a wrong label makes "
        "non-robust: 31.7 %, 32.8 %, 33.9 %."
    )


def test_an_attack_that_fooled_nothing_is_not_counted() -> None:
    said = one("agreement", table2=table2(card("tiny_imagenet-wrn28_10-adv"), n=(0, 60, 0)))
    assert said.heading == MORE.format("more", "")
    assert said.text.endswith(
        "whole network: 62.2 % under PGD (one of the printed columns: 55.7 to 65.8 %). The same number at random: 42.5 "
        "%; those that a wrong label makes non-robust: 32.8 %."
    )
    said = one("agreement", table2=table2(n=(0, 0, 0)))
    assert said.heading == "Table 2 has nothing to count"
    assert said.text == "No attack made the network misclassify any of the images."


BOUNDED, FREE = ("bounded", "pgd", 44.1, 0.512), ("minimal_norm", "cw", 30.2, 0.348)
SILENT = float("nan")
Attack = tuple[str, str, float, float | None]  # kind, label, percent left, median L2


def evaluated(*rows: Attack, epsilon: float = 0.03) -> Stored:
    """Table 3 or 4."""
    table = [{"kind": kind, "label": label, "l2_median": l2, **share(left)} for kind, label, left, l2 in rows]
    bounded = any(kind == "bounded" for kind, *_ in rows)
    summary = {"n": 1000, "clean": share(79.8, 1000), "worst_case": share(43.3) if bounded else None}
    return Stored(card=card(epsilon=epsilon), summary=summary, tables={"attacks": pd.DataFrame(table)})


INSIDE = "inside the L-infinity ball of 0.03: PGD 44.1 % (median L2 0.51); no bounded attack turns 43.3 %"
BEYOND = (
    " An attack that may move as far as it likes can always leave less; its accuracy says something only beside the "
    "size of its perturbations."
)
NOTHING = INSIDE.replace("median L2 0.51", "turned nothing")
BOTH, SINGLE = "Table 3 ranks attacks of different norms", "Table 3, one kind of attack"


@pytest.mark.parametrize(
    ("rows", "heading", "text"),
    [
        ((BOUNDED, FREE), BOTH, f"{INSIDE}; outside any ball: CW 30.2 % (median L2 0.35).{BEYOND}"),
        ((BOUNDED,), SINGLE, f"{INSIDE}."),
        ((FREE,), SINGLE, f"outside any ball: CW 30.2 % (median L2 0.35).{BEYOND}"),
        (((*BOUNDED[:3], SILENT), FREE), BOTH, f"{NOTHING}; outside any ball: CW 30.2 % (median L2 0.35).{BEYOND}"),
        (((*BOUNDED[:3], None),), SINGLE, f"{NOTHING}."),
    ],
    ids=["both", "only bounded", "only minimal norm", "one turned nothing", "none turned anything"],
)
def test_what_is_left_inside_the_ball_and_outside(rows: tuple[Attack, ...], heading: str, text: str) -> None:
    said = one("norms", table3=evaluated(*rows))
    assert said.heading == heading
    assert said.text == f"Of 79.8 % clean accuracy (1000 images) are left {text}"


def test_the_ball_is_the_networks_own() -> None:
    assert "inside the L-infinity ball of 0.1: PGD" in one("norms", table3=evaluated(BOUNDED, epsilon=0.1)).text


def test_nrf_stands_beside_itself_with_other_masks() -> None:
    names = ("nrf", "nrf2", "rf", "rf2", "nrf mask=random", "nrf mask=all", "nrf mask=none", "cw")
    rows = [("minimal_norm", name, 21.1 + i, None if i == 4 else 0.31 + i / 10) for i, name in enumerate(names)]
    assert one("mask", table4=evaluated(*rows)).text == (
        "Accuracy under the four attacks: NRF 21.1 %, NRF2 22.1 %, RF 23.1 %, RF2 24.1 %. NRF by the mask that it is "
        "given: the distilled mask 21.1 % (median L2 0.31); the same number at random 25.1 % (turned nothing); all "
        "channels 26.1 % (median L2 0.81); none, which is CW 27.1 % (median L2 0.91)."
    )


def test_there_is_a_paragraph_for_each_result_in_the_order_of_the_tables() -> None:
    results = {"table3": evaluated(BOUNDED, FREE), "table2": table2(), "table1": table1()}
    assert [paragraph.topic for paragraph in essay(results)] == ["split", "standing", "label", "agreement", "norms"]
    assert essay({}) == []


def made_by(name: str, **config: Any) -> Stored:
    return replace(table1(card(name)), config=config)


A, B, C = "cifar10-vgg16-adv", "cifar10-vgg16-trades", "cifar10-vgg16-mart"


@pytest.mark.parametrize(
    ("results", "lines"),
    [
        ([], []),
        ([made_by(A, n=500, seed=0)], [f"{A} --n 500"]),
        ([made_by(A, n=500, seed=0), made_by(B, n=500, seed=0)], [f"{A},{B} --n 500"]),
        (
            [made_by(A, n=500, seed=0), made_by(B, n=100, seed=0), made_by(C, n=500, seed=0)],
            [f"{A},{C} --n 500", f"{B} --n 100"],
        ),
        ([made_by(A, n=500, seed=0), made_by(B, n=500, seed=7)], [f"{A} --n 500", f"{B} --n 500 --seed 7"]),
        ([made_by(A, seed=0), made_by(B, seed=3)], [A, f"{B} --seed 3"]),
    ],
    ids=["none", "one", "alike", "other n", "other seed", "figures without n"],
)
def test_a_command_for_each_n_and_seed(results: list[StoredResult], lines: list[str]) -> None:
    assert commands("table3", *results) == tuple(f"python -m core paper table3 --models {line}" for line in lines)


def test_what_differs_from_the_papers_network_stands_above_all() -> None:
    where = "The number n of test images, from the first, stands in the command under each paragraph."
    assert conditions(table1()) == f"cifar10-vgg16-adv. {where}"
    narrow = table1(card(width=0.25, recipe={}))
    assert conditions(narrow) == (
        "cifar10-vgg16-adv is not the paper's network: a network of 0.25 of the width; an unknown recipe. " + where
    )
