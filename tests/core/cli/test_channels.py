import json
from pathlib import Path

import pytest
import torch

from core.analysis.channels.activations import stored_masks
from core.analysis.channels.surgery import Edited
from core.analysis.results import stored_result
from core.cli import main
from core.datasets import load_dataset
from core.models import load_model
from tests.core.cli.conftest import MODEL

CHANNELS = ("channels", MODEL, "--n", "10", "--steps", "5", "--seeds", "2")


@pytest.fixture(scope="module")
def folder(small_model: Path) -> Path:
    assert main([*CHANNELS]) == 0
    (folder,) = (small_model / "channels").iterdir()
    return folder


def said(capsys: pytest.CaptureFixture[str], *options: str) -> dict:
    assert main([*CHANNELS, *options, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_run_holds_channels_classes_and_images(folder: Path) -> None:
    result = stored_result("channels", MODEL)
    assert result.folder == folder
    assert len(result.table("channels")) == 32
    assert len(result.table("classes")) == 320
    assert len(result.table("images")) == 10
    assert stored_masks(result).shape == (10, 32)


def test_dropping_channels_is_running_the_edited_network(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = said(capsys, "--drop", "0-15")["surgery"]
    data, edited = load_dataset("digits"), Edited(load_model(MODEL), torch.arange(32) > 15)
    correct = edited(data.images[:10]).argmax(dim=1) == data.labels[:10]
    assert found["kept"] == 16
    assert found["accuracy"]["value"] == correct.double().mean()
    assert found["attacked"] == "the whole network, not the edited one"
    kept = said(capsys, "--keep", "16-31")["surgery"]
    assert kept == found


def test_keeping_everything_is_the_network_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = said(capsys, "--keep", "robust in at least 0 % of images")
    for which, name in (("clean", "accuracy"), ("attacked", "robust_accuracy")):
        assert found["surgery"][name]["value"] == found["network"][which]["value"]


def test_the_smallest_set_is_named_in_a_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flip = said(capsys, "--image", "1")["smallest_flip"]
    assert str(flip["image"]) in flip["finding"]
    assert flip["channels"] is None or (flip["exact"] and flip["before"] != flip["after"])


def test_the_screen_shows_surgery_beside_the_whole(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CHANNELS, "--drop", "3,5", "--image", "0"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for part in (
        "With 30 of 32 channels, clean:",
        "; all:",
        "one made on the edited network may leave less",
        "image 0",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--drop", "32"), "Channels go from 0 to 31, got 32"),
        (("--drop", "robust always"), "or a rule such as"),
        (("--drop", "1", "--keep", "2"), "not both"),
        (("--image", "-1"), "has images 0 to"),
        (("--seeds", "0"), "at least 1 seed"),
    ],
)
def test_bad_input_is_one_sentence(
    folder: Path, options: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*CHANNELS, *options]) == 2
    assert sentence in capsys.readouterr().err
