from pathlib import Path

import pandas as pd
import pytest

from core.analysis.paper.published import CELL, compared, departures, published
from core.analysis.results import Result
from core.models import ModelCard


def card(name: str = "cifar10-vgg16-adv", **changes: object) -> ModelCard:
    data, network, defense = name.split("-", 2)
    fields = {"width": 1.0, "num_classes": 10, "image_size": 32, "cut": "conv5_3", "epsilon": 0.03}
    recipe = {"epsilon": 0.03, "recipe": {"schedule": "steps", "epochs": 60, "attack_steps": 10}}
    names = tuple("abcdefghij")
    given = {"class_names": names, "recipe": recipe, **fields, **changes}
    return ModelCard(name=name, data=data, network=network, defense=defense, **given)  # type: ignore[arg-type]


class Attacks(Result):
    """A result that never touched a disk."""

    summary = {"clean": {"value": 0.8, "low": 0.7, "high": 0.9, "n": 50}}  # type: ignore[assignment]

    def table(self, name: str) -> pd.DataFrame:
        row = {"label": "pgd", "value": 0.5, "low": 0.4, "high": 0.6, "n": 50}
        return pd.DataFrame([row, {**row, "label": "cw", "value": 0.3}])


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
    ours = card()
    rows = compared("table3", {ours.name: ours}, {ours.name: Attacks(Path())}).set_index(CELL)
    cell = rows.loc[("cifar10", "vgg16", "adv", "pgd", "")]
    assert (cell["percent"], cell["ours"], cell["n"]) == (44.7, 50.0, 50)
    assert cell["difference"] == pytest.approx(5.3)
    assert cell["why"] == "the first 50 test images"
    assert rows.loc[("cifar10", "vgg16", "adv", "clean", ""), "ours"] == 80


def test_no_cell_is_empty_without_a_reason() -> None:
    ours = card()
    for table in ("table1", "table2", "table3", "table4"):
        rows = compared(table, {}, {})
        assert rows["ours"].isna().all()
        assert (rows["why"].str.len() > 10).all()
    rows = compared("table3", {ours.name: ours}, {ours.name: Attacks(Path())})
    assert (rows[rows["ours"].isna()]["why"].str.len() > 10).all()


def test_what_differs_from_the_papers_network_is_said() -> None:
    assert departures(card()) == []
    fast = {"epsilon": 0.03, "recipe": {"schedule": "one-cycle", "epochs": 20, "attack_steps": 1}}
    said = departures(card("cifar10-vgg16-trades", width=0.25, recipe=fast))
    assert any("0.25 of the width" in one for one in said)
    assert any("20 epochs" in one for one in said)
    assert any("its own paper" in one for one in said)
    assert departures(card("cifar10-vgg16-trades-released")) == []
