import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from core import store
from core.analysis.visualize.gallery import Gallery
from core.analysis.visualize.originals import originals
from core.cli import main
from core.datasets import load_dataset
from core.models import ModelCard, load_model, random_twin, save_model

NAME = "digits-vgg16-adv"
FAST = (NAME, "--steps", "1")


@pytest.fixture(scope="module", autouse=True)
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of runs with a small untrained network of digits; nothing shipped."""
    folder = tmp_path_factory.mktemp("visualize")
    card = ModelCard(
        name=NAME, network="vgg16", width=0.0625, num_classes=10, image_size=32, cut="conv5_3", data="digits",
        class_names=tuple("0123456789"), epsilon=0.1, defense="adv",
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEATURE_SIEVE_RUNS", str(folder))
        patch.setattr(store, "MODELS", folder / "none")
        patch.setattr(store, "RESULTS", folder / "shipped")
        save_model(random_twin(card, seed=1), card, folder / "train" / NAME)
        yield folder


def test_a_run_holds_tables_pictures_and_page(
    runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEATURE_SIEVE_JOB", str(runs / "job"))
    arguments = ("visualize", *FAST, "--images", "3", "5", "--channels", "3", "17", "--classes", "7", "--json")
    assert main([*arguments]) == 0
    data = json.loads(capsys.readouterr().out)
    folder = Path(data["folder"])
    assert folder.parent == runs / "visualize"
    assert folder.name.startswith(NAME)
    files = {"strip-3.png", "strip-5.png", "channels.png", "figures.html", "strip.parquet", "strip.csv"}
    assert files | {"config.json", "manifest.json", "summary.json"} <= {path.name for path in folder.iterdir()}
    assert [row["side"] for row in data["strip"]][:3] == ["all", "robust", "nonrobust"]
    assert all((row["cosine"] is None) == (row["picture"] == -1) for row in data["strip"]), "no NaN in JSON"
    assert {row["channel"] for row in data["channels"]} == {3, 17, -1}
    assert data["config"]["visualization"]["steps"] == 1
    with Image.open(runs / "job" / "preview.png") as preview:
        preview.verify()
    made = Gallery(folder).manifest["made"]
    assert main([*arguments]) == 0, "drawn once"
    assert Gallery(Path(json.loads(capsys.readouterr().out)["folder"])).manifest["made"] == made


def test_without_attack_and_twins_three_pictures_are_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["visualize", *FAST, "--attack", "none", "--no-twins", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [row["side"] for row in data["strip"]] == ["all", "robust", "nonrobust"]
    assert "channels" not in data


def test_an_own_picture_is_drawn_in_place_of_a_test_image(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (48, 40), (20, 200, 40)).save(tmp_path / "mine.png")
    file = ("--image-file", str(tmp_path / "mine.png"))
    assert main(["visualize", *FAST, *file, "--own-class", "7", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    folder = Path(data["folder"])
    assert {row["image"] for row in data["strip"]} == {-1}
    assert {row["label"] for row in data["strip"]} == {7}
    assert (folder / "strip-own.png").is_file()
    seen = originals(
        Gallery(folder), load_model(str(runs / "train" / NAME / f"{NAME}.json")), load_dataset("digits"), -1
    )
    assert seen["clean"].mean(axis=(1, 2)) * 255 == pytest.approx([20, 200, 40], abs=1)
    assert seen["attacked"].shape == (3, 32, 32)
    (tmp_path / "mine.png").unlink()
    assert main(["visualize", *FAST, "--images", "--own", data["config"]["own"], "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert "Your own image" in again["sentences"][0]
    assert len({row["label"] for row in again["strip"]}) == 1, "what the network calls it"


def test_without_json_it_says_what_was_drawn(capsys: pytest.CaptureFixture[str], runs: Path) -> None:
    folder = runs / "shipped" / NAME / "visualize"
    options = ("--images", "--channels", "3", "--no-twins", "--out", str(folder))
    assert main(["visualize", *FAST, *options]) == 0
    assert "channel 3" in capsys.readouterr().out
    assert not list(folder.glob("*.png"))
    assert Gallery(folder).channels["picture"].tolist() == [0]
    assert main(["visualize", *FAST, "--images", "3", "--attack", "none", "--no-twins"]) == 0
    assert "Image 3," in capsys.readouterr().out


def test_three_processes_draw_the_same_pictures(runs: Path, tmp_path: Path) -> None:
    """REP-1."""
    command = [sys.executable, "-m", "core", "visualize", str(runs / "train" / NAME / f"{NAME}.json"), "--no-twins"]
    running = [
        subprocess.Popen(
            [*command, "--steps", "8", "--out", str(tmp_path / hashing)],
            cwd=store.PROJECT,
            env={**os.environ, "PYTHONHASHSEED": hashing},
            stdout=subprocess.DEVNULL,
        )
        for hashing in ("0", "1", "2")
    ]
    assert [process.wait() for process in running] == [0, 0, 0]
    first, *others = [(tmp_path / hashing / "arrays.safetensors").read_bytes() for hashing in ("0", "1", "2")]
    assert others == [first, first]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--images", "-1"), "Images count from 0"),
        (("--images", "99999"), "got n = 100000"),
        (("--images",), "nothing to draw"),
        (("--channels", "999"), "0 to 31"),
        (("--classes", "cat"), "Unknown class"),
        (("--attack", "pdg"), "pgd"),
        (("--cut", "conv9"), "conv5_3"),
        (("--steps", "0"), "steps"),
        (("--image-file", "nowhere.png"), "There is no picture"),
        (("--images", "--own", "0f"), "--image-file"),
    ],
)
def test_bad_input_is_one_sentence(options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["visualize", *FAST, "--no-twins", *options]) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.err.count("error:") == 1
    assert "Traceback" not in printed.err


def test_images_and_channels_can_be_chosen_by_a_survey(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["visualize", *FAST, "--cases", "images"]) == 2
    assert "stored start" in capsys.readouterr().err
    assert main(["start", NAME, "--n", "6", "--steps", "5", "--out", str(runs / "shipped" / NAME / "start")]) == 0
    capsys.readouterr()
    options = ("--cases", "images", "channels", "--attack", "none", "--no-twins", "--json")
    assert main(["visualize", *FAST, *options]) == 0
    config = json.loads(capsys.readouterr().out)["config"]
    assert 1 <= len(config["images"]) <= 5
    assert len(config["channels"]) == 8
    assert f"survey of {NAME}" in config["rule"]
