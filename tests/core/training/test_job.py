import dataclasses
import json

import pytest
import torch

from core.config import from_dict, to_dict
from core.datasets import load_dataset
from core.datasets.shapes import SEEDS, draw_shapes
from core.errors import InputError
from core.training import RECIPES, Adversarial, Augmentation
from core.training.job import Training, easier

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


def test_warm_up_shapes_are_the_same_without_their_pattern() -> None:
    data = draw_shapes(500, SEEDS["train"])
    plain = easier(data)
    assert plain is not None
    assert torch.equal(plain.labels, data.labels)
    assert 0 < (plain.images - data.images).abs().max() < data.epsilon


def test_other_data_have_no_easier_images() -> None:
    assert easier(load_dataset("digits", "test")) is None


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
