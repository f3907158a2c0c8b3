"""Every command finds the classes of a model by their names, or says in one sentence which one it does not know."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core import store
from core.analysis.results import StoredResult
from core.analysis.subjects import EXPERIMENTS
from core.cli import main
from core.models import ModelCard, random_twin, save_model

NAME = "folder-vgg16-adv"
CLASSES = ("ant", "bee", "cow")
TINY = {  # by experiment: the least that it can be asked for
    "start": ("--n", "4", "--steps", "2"),
    "clusters": (
        "--n", "4", "--steps", "2", "--perplexity", "3", "--iterations", "250", "--multiples-n", "4", "--perplexities",
        "3", "--map-seeds", "0", "--neighbors", "1",
    ),
    "bottleneck": ("--n", "4", "--steps", "2", "--betas", "0.1", "1.0"),
    "channels": ("--n", "4", "--steps", "2", "--seeds", "1"),
    "visualize": ("--images", "0", "--steps", "1", "--no-twins"),
    "attacks": ("--n", "4", "--attacks", "fgsm"),
    "paper-table1": ("--n", "4", "--attacks", "fgsm", "--steps", "2"),
    "paper-table2": ("--n", "4", "--attacks", "fgsm", "--steps", "2"),
    "attacks-radii": ("--n", "4", "--attack", "pgd:steps=1", "--factors", "0.0", "1.0"),
}  # fmt: skip
WITH_LABELS = {
    "start": "images",
    "bottleneck": "images",
    "channels": "images",
    "attacks": "images",
    "clusters": "points",
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Pictures in a folder a class, and a network as if it had been trained on them; the first class is gone since."""
    folder = tmp_path_factory.mktemp("classes")
    draws = np.random.default_rng(0)
    for name in CLASSES:
        (folder / "data" / name).mkdir(parents=True)
        for i in range(3):
            pixels = draws.integers(0, 256, (32, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / "data" / name / f"{i}.png")
    card = ModelCard(
        name=NAME, network="vgg16", width=0.0625, num_classes=3, image_size=32, cut="conv5_3", data="folder",
        class_names=CLASSES, epsilon=0.1, defense="adv",
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEATURE_SIEVE_RUNS", str(folder / "runs"))
        patch.setattr(store, "MODELS", folder / "none")
        patch.setattr(store, "RESULTS", folder / "shipped")
        save_model(random_twin(card, seed=1), card, folder / "runs" / "train" / NAME)
        shutil.rmtree(folder / "data" / CLASSES[0])
        yield folder


def test_every_experiment_is_tried() -> None:
    assert set(TINY) == set(EXPERIMENTS)


@pytest.mark.parametrize("name", TINY)
def test_a_class_whose_folder_is_gone_shifts_no_other(trained: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    assert main([name, NAME, *TINY[name], "--root", str(trained / "data"), "--out", str(out)]) == 0
    result = StoredResult(out)
    assert result.manifest["class_names"] == list(CLASSES)
    if name in WITH_LABELS:
        assert set(result.table(WITH_LABELS[name])["label"]) == {1, 2}
    if name == "visualize":
        assert result.table("strip")["label"].iloc[0] == 1


def test_explain_calls_the_first_picture_a_bee(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", NAME, "--steps", "2", "--root", str(trained / "data"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["true_label"] == "bee"


@pytest.mark.parametrize("name", [*TINY, "explain", "paper"])
def test_a_class_that_the_model_does_not_know_is_named(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    shutil.copytree(trained / "data", tmp_path / "data")
    (tmp_path / "data" / "cow").rename(tmp_path / "data" / "dog")
    words = ["paper", "table1", "--models", NAME] if name == "paper" else [name, NAME, *TINY.get(name, ())]
    assert main([*words, "--root", str(tmp_path / "data")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "knows the classes ant, bee, cow, but folder has dog" in said.err
    assert said.err.count("\n") == 1
