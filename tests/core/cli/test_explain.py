import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from core import store
from core.cli import main
from core.datasets import load_dataset
from core.models import ModelCard, random_twin, save_model

DIGITS = tuple("0123456789")
CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FAST = ("--steps", "10")
SCHEMA = {
    "model", "image", "true_label", "label_used", "label_kind", "attack", "epsilon", "beta", "seed", "class_names",
    "headline", "findings", "predictions", "counts", "tolerance", "noise_variance", "feature_variance", "robust",
    "adversarial_split", "controls", "provenance", "citation",
}  # fmt: skip


def save(data: str, names: tuple[str, ...], folder: Path) -> None:
    """A small untrained network as if it had been trained on `data`."""
    card = ModelCard(
        name=f"{data}-vgg16-adv",
        network="vgg16",
        width=0.0625,
        num_classes=10,
        image_size=32,
        cut="conv5_3",
        data=data,
        class_names=names,
        epsilon=0.1,
        defense="adv",
    )
    save_model(random_twin(card), card, folder / data)


@pytest.fixture(scope="module", autouse=True)
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of runs with a model of digits and one of CIFAR-10, and no shipped model."""
    folder = tmp_path_factory.mktemp("explain")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEATURE_SIEVE_RUNS", str(folder))
        patch.setattr(store, "MODELS", folder / "none")
        save("digits", DIGITS, folder / "train")
        save("cifar10", CIFAR10, folder / "train")
        yield folder


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "my <i>picture & more.png"
    pixels = np.random.default_rng(0).integers(0, 256, (50, 40, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def explained(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["explain", *arguments, *FAST, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_json_says_all_there_is_to_say(capsys: pytest.CaptureFixture[str]) -> None:
    found = explained(capsys, "digits-vgg16-adv", "--image", "7", "--attack", "pgd")
    assert set(found) == SCHEMA
    data = load_dataset("digits", "test")
    assert (found["image"], found["label_used"], found["label_kind"]) == (7, str(int(data.labels[7])), "true")
    assert (found["attack"], found["epsilon"], found["beta"], found["seed"]) == ("pgd", 0.1, 0.3, 0)
    assert set(found["predictions"]) == {"clean", "adversarial"}
    for said in found["predictions"].values():
        assert set(said) == {"all", "robust", "nonrobust"}
        for side in said.values():
            assert set(side) == {"predicted", "predicted_index", "probabilities"}
            assert sum(side["probabilities"]) == pytest.approx(1, abs=1e-5)
            assert len(side["probabilities"]) == len(found["class_names"]) == 10
    assert sum(found["counts"].values()) == len(found["noise_variance"]) == len(found["feature_variance"]) == 32
    assert found["provenance"]["versions"]["torch"] == torch.__version__.split("+")[0]
    assert len(found["provenance"]["model"]["sha256"]) == 64


def test_options_reach_what_they_name(capsys: pytest.CaptureFixture[str]) -> None:
    options = (
        "--image",
        "2",
        "--attack",
        "fgsm",
        "--epsilon",
        "51/255",
        "--beta",
        "0.05",
        "--seed",
        "3",
        "--label",
        "4",
    )
    found = explained(capsys, "digits-vgg16-adv", *options, "--split-of", "own", "--kl-reduction", "sum")
    assert (found["attack"], found["epsilon"], found["beta"], found["seed"]) == ("fgsm", 0.2, 0.05, 3)
    assert found["label_used"] == "4"
    assert found["adversarial_split"] is not None
    assert found["provenance"]["bottleneck"]["kl_reduction"] == "sum"
    assert found["provenance"]["bottleneck"]["steps"] == 10


def test_an_attack_may_have_settings(capsys: pytest.CaptureFixture[str]) -> None:
    found = explained(capsys, "digits-vgg16-adv", "--attack", "pgd:steps=3;step_size=2/255")
    attack = found["provenance"]["attack"]
    assert (attack["name"], attack["steps"], attack["step_size"]) == ("pgd", 3, 2 / 255)
    free = explained(capsys, "digits-vgg16-adv", "--attack", "cw:steps=2")
    assert (free["attack"], free["epsilon"], free["provenance"]["attack"]["steps"]) == ("cw", None, 2)


def test_without_attack_nothing_changes(capsys: pytest.CaptureFixture[str]) -> None:
    found = explained(capsys, "digits-vgg16-adv", "--attack", "none")
    assert (found["attack"], found["epsilon"]) == ("none", 0.0)
    assert found["predictions"]["clean"] == found["predictions"]["adversarial"]


def test_the_predicted_label_is_what_the_network_says(capsys: pytest.CaptureFixture[str]) -> None:
    found = explained(capsys, "digits-vgg16-adv", "--image", "1", "--label", "predicted")
    assert found["label_used"] == found["predictions"]["clean"]["all"]["predicted"]


def test_as_in_the_released_code_a_hundred_images_share_the_threshold(capsys: pytest.CaptureFixture[str]) -> None:
    alone = explained(capsys, "digits-vgg16-adv", "--image", "120")
    found = explained(capsys, "digits-vgg16-adv", "--image", "120", "--released-code")
    assert found["tolerance"] > alone["tolerance"]
    assert found["noise_variance"] == alone["noise_variance"]
    assert found["provenance"]["bottleneck"]["tolerance"] == "batch"
    assert found["provenance"]["tolerance_over"] == "100 images"


def test_a_persons_picture_needs_no_data_and_has_no_truth(
    capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path
) -> None:
    found = explained(capsys, "cifar10-vgg16-adv", "--image", str(picture), "--root", str(tmp_path / "nothing"))
    assert (found["image"], found["true_label"], found["label_kind"]) == (picture.name, None, "predicted")
    assert found["label_used"] == found["predictions"]["clean"]["all"]["predicted"]
    assert "own prediction as the label" in found["headline"]
    assert found["provenance"]["data"] == "own image"


def test_the_page_is_written_whole(capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path) -> None:
    page = tmp_path / "deep" / "page.html"
    assert main(["explain", "cifar10-vgg16-adv", "--image", str(picture), *FAST, "--html", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert text.endswith("</html>\n")
    assert "my &lt;i&gt;picture &amp; more.png" in text
    assert "<i>picture" not in text
    assert len(text.encode()) < 5_200_000, "most of it is plotly"
    assert [path.name for path in page.parent.iterdir()] == ["page.html"]
    assert str(page.name) in capsys.readouterr().err.replace("\n", "")


def test_the_table_stands_with_its_sentence_and_controls(capsys: pytest.CaptureFixture[str]) -> None:
    """INT-3 on the terminal too."""
    assert main(["explain", "digits-vgg16-adv", "--image", "0", *FAST]) == 0
    out = capsys.readouterr().out
    assert "digits-vgg16-adv, image 0" in out
    assert "Given the true label" in out
    assert out.count("Control: ") == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["digits-vgg16-adw"], "Unknown model 'digits-vgg16-adw'; known are cifar10-vgg16-adv, digits-vgg16-adv."),
        (["digits-vgg16-adv", "--image", "100000"], "images 0 to 499, got 100000"),
        (["digits-vgg16-adv", "--image", "-1"], "images 0 to 499, got -1"),
        (["digits-vgg16-adv", "--image", "nowhere.png"], "There is no picture 'nowhere.png'"),
        (["digits-vgg16-adv", "--label", "12"], "Unknown class '12'"),
        (["cifar10-vgg16-adv", "--image", "PICTURE", "--label", "automobil"], "Did you mean 'automobile'?"),
        (["cifar10-vgg16-adv", "--image", "PICTURE", "--label", "true"], "Nobody knows the true class of"),
        (["cifar10-vgg16-adv", "--image", "0", "--root", "NOTHING"], "python -m core data fetch cifar10"),
        (["digits-vgg16-adv", "--attack", "pgdd"], "Unknown attack 'pgdd'; known are"),
        (["digits-vgg16-adv", "--epsilon", "-0.1"], "Epsilon must be"),
        (["digits-vgg16-adv", "--beta", "nan"], "Beta must be"),
        (["digits-vgg16-adv", "--steps", "0"], "must be a whole number of at least 1"),
        (["digits-vgg16-adv", "--cut", "conv9_9"], "Unknown cut 'conv9_9'"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], picture: Path, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    places = {"PICTURE": str(picture), "NOTHING": str(tmp_path / "nothing")}
    assert main(["explain", *(places.get(argument, argument) for argument in arguments), "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert sentence in err


def test_three_processes_print_the_same_bytes() -> None:
    """REP-1."""
    command = [sys.executable, "-m", "core", "explain", "digits-vgg16-adv", "--image", "5", "--json"]
    running = [
        subprocess.Popen(command, cwd=store.PROJECT, stdout=subprocess.PIPE, env={**os.environ, "PYTHONHASHSEED": seed})
        for seed in ("0", "1", "2")
    ]
    first, *others = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert json.loads(first)["image"] == 5
    assert others == [first, first]


@pytest.mark.parametrize("name", ["digits-vgg16-adv", "shapes-vgg16-adv"])
def test_a_shipped_model_is_explained_without_a_data_root(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setattr(store, "MODELS", store.ASSETS / "models")
    if not (store.MODELS / f"{name}.json").is_file():
        pytest.skip(f"{name} is not in assets/models yet; its card will hold the command that makes it")
    found = explained(capsys, name, "--image", "7", "--root", str(tmp_path / "nothing"))
    assert (found["model"], found["image"]) == (name, 7)


def test_the_table_lets_nobody_speak_for_an_empty_side(capsys: pytest.CaptureFixture[str]) -> None:
    """U13 on the terminal too."""
    empty = ("--beta", "1e6", "--kl-reduction", "sum", "--steps", "200", "--learning-rate", "1")
    assert main(["explain", "digits-vgg16-adv", "--image", "0", *empty]) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if "robust (0)" in line and "non" not in line[:9])
    assert row.count("nothing: no channel") == 2
