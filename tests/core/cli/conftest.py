"""A small untrained network of digits, saved as if it had been trained, and folders of the test's own."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import store
from core.models import ModelCard, random_twin, save_model

MODEL = "digits-vgg16-small"


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of runs, in which the model lies; nothing is shipped, and no browser draws figures."""
    folder = tmp_path_factory.mktemp("experiments")
    card = ModelCard(
        name=MODEL,
        network="vgg16",
        width=0.0625,
        num_classes=10,
        image_size=32,
        cut="conv5_3",
        data="digits",
        class_names=tuple("0123456789"),
        epsilon=0.1,
        defense="adv",
    )
    model = random_twin(card, seed=1)
    model.stages["classifier"].linear.weight.mul_(60)  # untrained logits lie near zero; these say something
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEATURE_SIEVE_RUNS", str(folder))
        patch.setattr(store, "MODELS", folder / "none")
        patch.setattr(store, "RESULTS", folder / "shipped")
        patch.setitem(sys.modules, "kaleido.errors", None)
        save_model(model, card, folder / "train" / "digits")
        yield folder
