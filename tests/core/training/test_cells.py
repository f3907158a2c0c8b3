import itertools
import json
import shlex
from pathlib import Path

import pytest

from core import store
from core.config import from_dict
from core.datasets import DATASETS
from core.device import Place
from core.errors import InputError
from core.models.card import NAME
from core.training.cells import find_cell, read_cells, settle
from core.training.settings import Settings
from core.training.training import Training

CELLS = read_cells()
PAPER = {name: cell for name, cell in CELLS.items() if cell.source == "paper"}
SHIPPED = sorted(path.stem for path in store.MODELS.glob("*.json"))


@pytest.mark.parametrize("name", CELLS)
def test_every_cell_is_a_training_that_names_its_model(name: str) -> None:
    cell = CELLS[name]
    training = cell.settings.training(Place())
    training.objective()
    assert cell.settings.model == name
    assert NAME.fullmatch(name)
    assert cell.source in ("paper", "here")


def test_the_cells_of_the_paper_are_the_product() -> None:
    made = [(cell.settings.data, cell.settings.network, cell.settings.defense) for cell in PAPER.values()]
    data, networks = ("cifar10", "svhn", "tiny_imagenet"), ("vgg16", "wrn28_10")
    assert sorted(made) == sorted(itertools.product(data, networks, ("adv", "trades-released", "mart-released")))


@pytest.mark.parametrize("name", PAPER)
def test_a_cell_of_the_paper_has_its_recipe(name: str) -> None:
    settings = PAPER[name].settings
    training = settings.training(Place())
    recipe = training.recipe
    assert (training.width, training.epsilon, recipe.epochs, recipe.batch_size) == (1.0, 0.03, 60, 100)
    assert (recipe.learning_rate, recipe.decay, recipe.decay_every) == (0.01, 0.2, 20)
    assert (recipe.momentum, recipe.weight_decay) == (0.0, 1e-2)
    attack = training.objective().attack  # type: ignore[attr-defined]  # every defense of the paper has one
    assert (attack.steps, attack.step) == (10, pytest.approx(0.0069))
    assert settings.classes in (None, DATASETS[settings.data].info.num_classes)
    assert settings.classes is not None or settings.data != "tiny_imagenet"


@pytest.mark.parametrize("name", SHIPPED)
def test_the_cell_of_a_shipped_model_is_what_made_it(name: str) -> None:
    card = json.loads((store.MODELS / f"{name}.json").read_text())
    made = from_dict(Training, card["recipe"])
    assert find_cell(name).settings.training(Place(precision=made.precision, world=made.world)) == made


@pytest.mark.parametrize("name", CELLS)
def test_the_command_of_a_cell_says_the_same(name: str) -> None:
    said, words = {}, shlex.split(CELLS[name].settings.command)[4:]
    while words:
        option = words.pop(0).removeprefix("--").replace("-", "_")
        said[option] = words.pop(0) if words and not words[0].startswith("--") else True
    hints = {field: type(value) for field, value in vars(CELLS[name].settings).items()}
    assert Settings(**{option: hints[option](value) for option, value in said.items()}) == CELLS[name].settings


def test_what_is_said_counts_more_than_the_cell() -> None:
    settings = settle("digits-vgg16-adv", {"epochs": 3, "width": 1.0, "seed": 0, "half": False, "json": True})
    assert (settings.epochs, settings.width, settings.ramp_epochs, settings.half) == (3, 1.0, 4, False)
    assert settle("cifar10-vgg16-adv", {"flip": False, "half": False}).flip is False
    assert settle("cifar10-vgg16-adv", {"half": False}).half


def test_only_an_unchanged_cell_gives_its_name() -> None:
    name = "paper-cifar10-vgg16-adv"
    assert settle(name, {}).model == settle(name, {"compile": True, "precision": "fp32"}).model == name
    assert settle(name, {"width": 0.5}).model == "cifar10-vgg16-adv"
    assert settle(name, {"width": 0.5, "name": "mine"}).model == "mine"


@pytest.mark.parametrize(("cell", "said", "came"), [(None, {}, "neither"), ("digits-vgg16-adv", {"data": "x"}, "both")])
def test_a_cell_or_a_data_set_and_not_both(cell: str | None, said: dict[str, str], came: str) -> None:
    with pytest.raises(InputError, match=f"Expected --data or --cell, got {came}"):
        settle(cell, said)


def test_an_unknown_cell_is_told_the_near_ones() -> None:
    with pytest.raises(InputError, match=r"near are .*paper-svhn-wrn28_10-adv.*`python -m core recipes` lists all"):
        find_cell("svhn-wrn-adv")
    with pytest.raises(InputError, match=r"Unknown cell '\?'; `python -m core recipes` lists all"):
        find_cell("?")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("a,here,digits,wide", "Row 'a' of cells.csv"),
        ('a,here,digits,"[1]"', "width expects float"),
        ("a,here,digits,1,2", "Row 'a' of cells.csv"),
        ("a,here,digits,1\na,here,digits,2", "needs a name of its own; 1 are taken"),
    ],
)
def test_a_mistake_in_the_table_is_one_sentence(rows: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text(f"name,source,data,width\n{rows}\n")
    with pytest.raises(InputError, match=sentence):
        read_cells(tmp_path / "cells.csv")
