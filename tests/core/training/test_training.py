import ast
import dataclasses
import json
from pathlib import Path

import pytest
import torch

from core import store
from core.config import from_dict, to_dict
from core.datasets import DATASETS, load_dataset
from core.errors import InputError
from core.training import DEFENSES, RECIPES, Adversarial, Augmentation
from core.training.settings import Settings
from core.training.training import Training

TRAINING = Training(
    data="digits",
    network="vgg16",
    width=0.0625,
    defense="adv",
    epsilon=0.1,
    recipe=RECIPES["fast"]("adv"),
    augmentation=Augmentation(),
    seed=0,
    precision="fp32",
)


def test_the_objective_is_the_defense_around_the_recipes_attack() -> None:
    assert TRAINING.objective() == Adversarial(attack=TRAINING.recipe.attack(0.1))


def test_whatever_the_weights_depend_on_names_another_folder() -> None:
    changes = {"width": 0.125, "epsilon": 0.2, "seed": 1, "precision": "bf16", "world": 2, "defense": "standard"}
    folders = {dataclasses.replace(TRAINING, **{name: value}).folder for name, value in changes.items()}
    assert len(folders | {TRAINING.folder}) == len(changes) + 1


def test_a_config_file_reads_back_as_the_same_value() -> None:
    assert from_dict(Training, json.loads(json.dumps(to_dict(TRAINING)))) == TRAINING


@pytest.mark.parametrize("what", ["data", "network", "defense"])
def test_an_unknown_name_is_refused_before_anything_is_loaded(what: str) -> None:
    with pytest.raises(InputError, match=r"Unknown .* 'none'; known are"):
        dataclasses.replace(TRAINING, **{what: "none"})


def test_a_warm_start_takes_the_weights_and_names_another_folder() -> None:
    data = load_dataset("digits", "test")
    warm = dataclasses.replace(TRAINING, seed=5).fresh_model(data)
    started = dataclasses.replace(TRAINING, warm_start="ab" * 32)
    for given, own in zip(
        warm.state_dict().values(), started.fresh_model(data, warm).state_dict().values(), strict=True
    ):
        assert torch.equal(given, own)
    assert started.folder != TRAINING.folder


def test_a_warm_start_from_another_width_is_refused() -> None:
    data = load_dataset("digits", "test")
    wide = dataclasses.replace(TRAINING, width=0.125).fresh_model(data)
    with pytest.raises(InputError, match="same network, width"):
        TRAINING.fresh_model(data, wide)


@pytest.mark.parametrize("path", sorted((store.PROJECT / "core" / "training").glob("*.py")), ids=lambda path: path.name)
def test_data_sets_and_defenses_are_named_in_their_entries_and_in_the_table_of_cells_only(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    entries = {id(a) for call in ast.walk(tree) if isinstance(call, ast.Call) and is_register(call) for a in call.args}
    known = {*DATASETS, *DEFENSES} - {Settings(data="any").defense}
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in entries)
    assert not [f"line {node.lineno}: {node.value}" for node in texts if node.value in known]


def is_register(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "register"
