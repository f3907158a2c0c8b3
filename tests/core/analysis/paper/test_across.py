"""How much of the paper ours stands beside, and how the defenses rank, in whole sentences."""

from dataclasses import replace

import pytest

from core.analysis.paper.across import defenses, overview
from tests.core.analysis.paper.stand_ins import Stored, attacks, card

CELL = ("cifar10", "vgg16")  # printed there: clean 79.7, 78.2, 73.5; PGD 44.7, 50.9, 51.7; NRF 27.4, 31.2, 31.4
PRINTED = {
    "clean": "Clean: printed ADV 79.7 > TRADES 78.2 > MART 73.5; ours ",
    "pgd": "PGD: printed MART 51.7 > TRADES 50.9 > ADV 44.7; ours ",
}
SAME = "the same order as far as our intervals tell"
UNTOLD, OTHER = "ours cannot be told apart", "another order"
TIES = "ours differ only where the printed ones are equal"


def test_nothing_is_said_of_data_that_the_paper_has_not_nor_of_table_2() -> None:
    found = {"digits-vgg16-adv": attacks(card("digits-vgg16-adv"))}
    assert overview("table3", found, "digits", "vgg16") == ""
    assert overview("table2", {}, *CELL) == ""


@pytest.mark.parametrize(("item", "count"), [("table1", 12), ("table3", 24), ("table4", 15)])
def test_without_results_no_number_of_ours_is_claimed(item: str, count: int) -> None:
    words = f"none of its {count} numbers for this data set and network has one of ours beside it."
    assert overview(item, {}, *CELL) == f"Table {item[-1]}: {words}"


def test_ours_are_counted_those_of_the_papers_network_apart() -> None:
    """Clean 80.0 - 79.7, PGD 50.0 - 44.7 of ADV; clean 70.2 - 78.2, PGD 50.0 - 50.9 of TRADES by its own paper."""
    adv, trades = attacks(clean=80, pgd=50), attacks(card("cifar10-vgg16-trades"), clean=70.2, pgd=50)
    assert overview("table3", {"adv": adv, "trades": trades}, *CELL) == (
        "Table 3: 4 of its 24 numbers for this data set and network have one of ours beside them, 2 of these from a "
        "network like the paper's; the median difference is -0.3 points, the largest -8.0."
    )


def test_the_preferred_network_is_the_one_that_is_counted() -> None:
    found = {"wide": attacks(clean=80, pgd=50), "narrow": attacks(card(width=0.5), clean=70.7, pgd=40.7)}
    said = (
        "Table 3: 2 of its 24 numbers for this data set and network have one of ours beside them, {} of these from a "
        "network like the paper's; the median difference is {} points, the largest {}."
    )
    assert overview("table3", found, *CELL) == said.format(2, "+2.8", "+5.3")
    assert overview("table3", found, *CELL, prefer="narrow") == said.format(0, "-6.5", "-9.0")


def ranked(*rows: tuple[str, float, float], half: float = 0.1, **changes: object) -> dict[str, Stored]:
    """Table 3 of CIFAR-10 networks: defense, percent clean and under PGD, give or take `half`."""
    cards = {defense: card(f"cifar10-vgg16-{defense}", **changes) for defense, *_ in rows}
    return {cards[name].name: attacks(cards[name], clean=clean, half=half, pgd=pgd) for name, clean, pgd in rows}


@pytest.mark.parametrize(
    ("half", "rows", "clean", "pgd"),
    [
        (
            0.1,
            (("adv", 81, 41), ("trades", 79, 52), ("mart", 74, 53)),
            f"ADV 81.0 > TRADES 79.0 > MART 74.0: {SAME}.",
            f"MART 53.0 > TRADES 52.0 > ADV 41.0: {SAME}.",
        ),
        (
            0.1,
            (("adv", 78, 41), ("trades", 79, 53), ("mart", 74, 52)),
            f"TRADES 79.0 > ADV 78.0 > MART 74.0: {OTHER}.",
            f"TRADES 53.0 > MART 52.0 > ADV 41.0: {OTHER}.",
        ),
        (
            1.1,
            (("adv", 78, 41), ("trades", 79, 52), ("mart", 74, 53)),
            f"TRADES 79.0 ≈ ADV 78.0 > MART 74.0: {SAME}.",
            f"MART 53.0 ≈ TRADES 52.0 > ADV 41.0: {SAME}.",
        ),
        (
            9.0,
            (("adv", 78, 47), ("trades", 79, 46), ("mart", 74, 45)),
            f"TRADES 79.0 ≈ ADV 78.0 ≈ MART 74.0: {UNTOLD}.",
            f"ADV 47.0 ≈ TRADES 46.0 ≈ MART 45.0: {UNTOLD}.",
        ),
        (
            0.1,
            (("adv", 78, 50), ("trades", 78, 50), ("mart", 78, 40)),
            f"ADV 78.0 = TRADES 78.0 = MART 78.0: {UNTOLD}.",
            f"ADV 50.0 = TRADES 50.0 > MART 40.0: {OTHER}.",
        ),
    ],
    ids=["as printed", "one pair reversed", "a reversed pair overlaps", "all overlap", "ties"],
)
def test_the_order_is_said_as_far_as_it_can_be_told(
    half: float, rows: tuple[tuple[str, float, float], ...], clean: str, pgd: str
) -> None:
    found = defenses(ranked(*rows, half=half), *CELL)
    assert found is not None
    assert found.heading == "Table 3 ranks defenses"
    assert found.text == f"{PRINTED['clean']}{clean} {PRINTED['pgd']}{pgd}"
    names = ",".join(f"cifar10-vgg16-{defense}" for defense in ("adv", "trades", "mart"))
    assert found.commands == (f"python -m core paper table3 --models {names} --n 1000",)


def test_a_printed_tie_is_no_order_to_agree_with() -> None:
    """Printed for SVHN: 90.4 for both, clean."""
    names = ("svhn-vgg16-adv", "svhn-vgg16-trades")
    apart = {name: attacks(card(name), clean=90 + i, half=0.1, nrf=10 + i) for i, name in enumerate(names)}
    found = defenses(apart, "svhn", "vgg16")
    assert found is not None
    assert found.text == (
        f"Clean: printed ADV 90.4 = TRADES 90.4; ours TRADES 91.0 > ADV 90.0: {TIES}. NRF: printed TRADES 14.3 > ADV "
        f"12.6; ours TRADES 11.0 > ADV 10.0: {SAME}."
    )


def test_fewer_than_two_defenses_have_no_order() -> None:
    assert defenses({}, *CELL) is None
    found = ranked(("adv", 81, 41), ("trades", 79, 52))
    assert defenses(dict(list(found.items())[:1]), *CELL) is None
    assert defenses(found, "svhn", "vgg16") is None
    assert defenses(found, "digits", "vgg16") is None
    two_of_one = {"wide": attacks(card()), "narrow": attacks(card(width=0.5))}
    assert defenses(two_of_one, *CELL) is None


def test_a_column_that_one_of_them_has_is_left_out() -> None:
    found = ranked(("adv", 81, 41), ("trades", 79, 52))
    only = {**found, "cifar10-vgg16-adv": attacks(clean=81, half=0.1, nrf=20)}
    said = defenses(only, *CELL)
    assert said is not None
    assert said.text == f"Clean: printed ADV 79.7 > TRADES 78.2; ours ADV 81.0 > TRADES 79.0: {SAME}."


def test_networks_of_different_widths_are_called_so_unless_alike_are_preferred() -> None:
    found = {}
    rows = (("narrow", "adv", 0.25, 70), ("wide", "adv", 0.5, 75), ("other", "trades", 0.25, 60))
    for name, defense, width, clean in rows:
        of = replace(card(f"cifar10-vgg16-{defense}", width=width), name=name)
        found[name] = attacks(of, clean=clean, half=0.1, fgsm=50)
    said = "Clean: printed ADV 79.7 > TRADES 78.2; ours ADV {} > TRADES 60.0: " + SAME + "."
    widths = " Our networks are of different widths, so our order says little of the defenses."
    for prefer, text in (("", said.format("75.0") + widths), ("narrow", said.format("70.0"))):
        paragraph = defenses(found, *CELL, prefer=prefer)
        assert paragraph is not None
        assert paragraph.text == text
