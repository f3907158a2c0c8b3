import ast

import pytest

from core.analysis.paper.compared import CELL, compared, departures
from core.analysis.paper.published import FILE, names, published
from core.config import to_dict
from core.datasets import DATASETS
from core.models import MODELS
from core.training import DEFENSES, RECIPES
from tests.core.analysis.paper.stand_ins import attacks, card


@pytest.mark.parametrize(("table", "rows"), [("table1", 72), ("table2", 18), ("table3", 144), ("table4", 90)])
def test_every_printed_number_is_there_once(table: str, rows: int) -> None:
    found = published(table)
    assert len(found) == rows
    assert not found.duplicated(CELL).any()
    assert found["percent"].between(0, 100).all()
    assert set(found["confidence"]) <= {"certain", "high", "medium", "low"}


def test_the_same_number_stands_in_both_tables() -> None:
    """Table 4's first column is Table 3's last; Table 1's whole network is Table 3's VGG-16 and WRN rows, rounded."""
    keys = ["data", "network", "defense"]
    nrf = [published(table).query("example == 'nrf'").set_index(keys)["percent"] for table in ("table3", "table4")]
    assert nrf[0].sort_index().equals(nrf[1].sort_index())
    whole = published("table1").query("side == 'all'").set_index([*keys, "example"])["percent"]
    third = published("table3").set_index([*keys, "example"])["percent"]
    assert (whole - third.reindex(whole.index)).abs().max() < 0.25


def test_ours_stands_beside_the_printed_number_with_its_difference() -> None:
    rows = compared("table3", {"a": attacks()}).set_index(CELL)
    cell = rows.loc[("cifar10", "vgg16", "adv", "pgd", "")]
    assert (cell["percent"], cell["ours"], cell["n"]) == (44.7, 50.0, 50)
    assert cell["difference"] == pytest.approx(5.3)
    assert cell["why"] == "cifar10-vgg16-adv: the first 50 test images"
    assert not cell["differs"]
    assert rows.loc[("cifar10", "vgg16", "adv", "clean", ""), "ours"] == 80


def test_no_cell_is_empty_without_a_reason() -> None:
    for table in ("table1", "table2", "table3", "table4"):
        rows = compared(table, {})
        assert rows["ours"].isna().all()
        assert (rows["why"].str.len() > 10).all()
    rows = compared("table3", {"a": attacks()})
    assert (rows[rows["ours"].isna()]["why"].str.len() > 10).all()


def test_what_differs_from_the_papers_network_is_said() -> None:
    assert departures(card()) == []
    assert departures(card("cifar10-vgg16-trades-released")) == []
    fast = {"recipe": to_dict(RECIPES["fast"]("trades")), "augmentation": {"padding": 2, "flip": True}}
    assert departures(card("cifar10-vgg16-trades", width=0.25, recipe={**fast, "warm_start": "0" * 64})) == [
        "a network of 0.25 of the width",
        "24 epochs instead of 60",
        "another learning rate, momentum, weight decay, schedule, attack steps, attack step, padding",
        "started from another network's weights",
        "TRADES of its own paper, not of the released code",
    ]


def test_one_number_of_the_recipe_is_enough_to_be_another_network() -> None:
    made = card().recipe
    smoothed = {**made, "recipe": {**made["recipe"], "label_smoothing": 0.4}}
    assert departures(card(recipe=smoothed)) == ["another label smoothing"]
    assert departures(card(recipe={})) == ["an unknown recipe"]
    assert departures(card(recipe={**made, "epsilon": 0.05})) == ["epsilon 0.05 instead of 0.03"]


def test_the_widest_network_stands_in_a_cell_unless_another_is_preferred() -> None:
    narrow, wide = (attacks(card("cifar10-vgg16-adv", width=width)) for width in (0.25, 0.5))
    for prefer, width in (("", "0.5"), ("narrow", "0.25"), ("elsewhere", "0.5")):
        rows = compared("table3", {"narrow": narrow, "wide": wide}, prefer=prefer)
        cell = rows.set_index(CELL).loc[("cifar10", "vgg16", "adv", "pgd", "")]
        assert f"{width} of the width" in cell["why"]
        assert cell["differs"]


def test_a_column_of_unknown_place_stands_beside_each_network_that_it_may_be() -> None:
    rows = published("table2", "cifar10", "vgg16")
    assert sorted(rows["side"].unique()) == ["s2", "s3", "s4", "s6"]
    assert (rows["data"] == "cifar10").all()
    assert sorted(published("table2", "tiny_imagenet")["side"].unique()) == ["s1", "s5"]
    assert set(published("table3", "svhn")["data"]) == {"svhn"}


def test_what_is_printed_is_registered() -> None:
    for column, registry in (("data", DATASETS), ("network", MODELS), ("defense", DEFENSES)):
        assert names(column)
        assert set(names(column)) <= set(registry)


def test_no_data_set_network_or_defense_is_named_in_the_code() -> None:
    """A new one is a row of the csv and an entry of its registry."""
    known = {*DATASETS, *MODELS, *DEFENSES}
    for path in FILE.parent.rglob("*.py"):
        words = {node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)}
        assert not known & words, path.name
