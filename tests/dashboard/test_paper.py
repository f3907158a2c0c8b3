"""The Paper page on small tables of a tiny network, without a browser."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.analysis.results import stored_result

Opened = Callable[..., AppTest]
DIGITS = {"data": "digits", "model": "digits-vgg16-adv"}


@pytest.fixture(scope="module")
def made(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs with Tables 1 and 2 of eight digits."""
    from core.analysis.paper.table1 import Table1
    from core.analysis.paper.table2 import Table2
    from core.analysis.results import conduct
    from core.attacks import FGSM, PGD
    from core.datasets import load_dataset
    from core.distillation import Bottleneck
    from core.models import load_card, load_model

    runs, data = tmp_path_factory.mktemp("runs"), load_dataset("digits", "test")
    path = world / "models" / "digits-vgg16-adv.json"
    attacks, distiller = (FGSM(), PGD()), Bottleneck(steps=10)
    for item, kind in (("table1", Table1), ("table2", Table2)):
        experiment = kind(n=8, attacks=attacks, bottleneck=distiller)
        conduct(f"paper/{item}", experiment, load_card(path), load_model(path), data, out=runs / "paper" / item / "x")
    return runs


@pytest.fixture
def stored(opened: Opened, made: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(made))
    return opened


def test_without_results_every_cell_says_why(opened: Opened) -> None:
    app = opened("paper", **DIGITS)
    assert "None of the tables" in app.info[0].value
    assert app.code[0].value.startswith("python -m core paper all")
    cells = app.main.get("html")[0].value
    assert cells.count("<td title=") == cells.count("<i>none</i>") > 0
    assert any("has results here" in caption.value for caption in app.caption)


def test_the_essays_numbers_are_those_of_the_table(stored: Opened) -> None:
    app = stored("paper", **DIGITS)
    cells = stored_result("paper/table1", "digits-vgg16-adv").table("cells")
    keys = ["tolerance", "source", "example", "side", "against"]
    share = cells.set_index(keys)["value"]["image", "wrong", "clean", "robust", "supplied"]
    assert any(f"{100 * share:.1f}".replace(".", "\\.") in text.value for text in app.markdown)


@pytest.mark.parametrize("item", ["table1", "table2", "table3", "table4", "figure2", "figure3", "figure4", "figure5"])
def test_every_item_opens(stored: Opened, item: str) -> None:
    app = stored("paper", **DIGITS, item=item)
    assert not app.error
    assert app.segmented_control(key="choose_item").value == item


def test_the_network_beside_the_printed_numbers_can_be_chosen(stored: Opened) -> None:
    app = stored("paper", **DIGITS, ours="digits-vgg16-adv")
    assert app.selectbox(key="choose_ours").value == "digits-vgg16-adv"
    app = stored("paper", **DIGITS, ours="elsewhere")
    assert any("elsewhere has no results of the paper" in info.value for info in app.info)
    assert app.selectbox(key="choose_ours").value == ""


def test_results_of_a_network_whose_weights_are_not_here_are_shown(
    stored: Opened, world: Path, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = tmp_path / "runs"
    shutil.copytree(made, runs)
    for file in (runs / "paper").rglob("*.json"):
        file.write_text(file.read_text().replace("digits-vgg16-adv", "digits-vgg16-gone"))
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(runs))
    app = stored("paper", **DIGITS)
    said = [caption.value.replace("\\", "") for caption in app.caption]
    assert any("digits-vgg16-gone is not the paper's network" in one for one in said)
