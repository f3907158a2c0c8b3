import dataclasses

import pytest

from core.cli.train import Options
from core.device import Place
from core.errors import InputError
from core.training import Augmentation
from core.training.settings import Settings


def test_every_setting_is_an_option_of_the_command() -> None:
    options = {field.name: field for field in dataclasses.fields(Options)}
    for field in dataclasses.fields(Settings):
        assert options[field.name].default == (False if field.default is False else None)
        assert f"        {field.name}: " in (Settings.__doc__ or ""), "--help says what it is"


def test_the_command_holds_what_changes_weights_and_no_default() -> None:
    settings = Settings(data="digits", width=0.5, flip=False, label_smoothing=0.0, half=True)
    assert settings.command == (
        "python -m core train --data digits --width 0.5 --label-smoothing 0.0 --flip False --half"
    )
    assert Settings(data="digits", network="vgg16", recipe="paper").command == "python -m core train --data digits"


def test_what_is_not_said_comes_from_the_recipe_and_the_data() -> None:
    training = Settings(data="digits", defense="adv", recipe="fast", epochs=3).training(Place(world=2))
    assert (training.epsilon, training.augmentation) == (0.1, Augmentation(flip=False))
    assert (training.recipe.epochs, training.recipe.schedule, training.world) == (3, "one-cycle", 2)


def test_zero_is_said() -> None:
    training = Settings(data="digits", epsilon=0.0, crop_padding=0, seed=0).training(Place())
    assert (training.epsilon, training.augmentation.padding) == (0.0, 0)


@pytest.mark.parametrize(
    ("said", "sentence"), [({"name": "../x"}, "name is made of"), ({"classes": 1}, "Classes must be at least 2, got 1")]
)
def test_what_no_training_has_is_refused(said: dict, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        Settings(data="digits", **said)
