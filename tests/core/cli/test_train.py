import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core import store
from core.cli import main
from core.datasets import DATASETS, Dataset, DatasetInfo, load_dataset
from core.datasets.base import Entry
from core.models import load_model
from core.training.metrics import read_metrics

TINY = "train --data tiny --defense adv --recipe fast --width 0.0625 --epochs 1 --batch-size 20"


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A data set of 60 digits, registered for the test, and an empty folder for its runs."""
    digits = load_dataset("digits", "test")
    few = Dataset("tiny", "train", digits.images[:60], digits.labels[:60], digits.class_names, 0.1)
    info = DatasetInfo(
        title="Tiny",
        image_size=32,
        num_classes=10,
        train_count=60,
        test_count=60,
        epsilon=0.1,
        citation="",
        embedded=True,
    )
    monkeypatch.setitem(DATASETS._entries, "tiny", Entry(info, lambda split, root: few, lambda root: True))
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs" / "train"


def test_a_training_leaves_a_model_its_card_and_its_record(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*TINY.split(), "--json", "--out", str(tmp_path / "models")]) == 0
    card = json.loads(capsys.readouterr().out)
    (folder,) = tiny.iterdir()
    names = {"config.json", "manifest.json", "metrics.csv", "checkpoint.safetensors"}
    assert {path.name for path in folder.iterdir()} == names | {"tiny-vgg16-adv.json", "tiny-vgg16-adv.safetensors"}
    assert card["name"] == "tiny-vgg16-adv"
    assert card["command"] == f"python -m core {TINY}"
    assert card["clean_accuracy"]["n"] == card["robust_accuracy"]["n"] == 60
    assert card["robust_accuracy"]["attack"]["steps"] == 10
    assert card["epsilon"] == card["robust_accuracy"]["attack"]["threat"]["epsilon"] == 0.1
    assert len(read_metrics(folder / "metrics.csv")) == 3
    assert json.loads((folder / "manifest.json").read_text())["command"] == card["command"]
    model = load_model(tmp_path / "models" / "tiny-vgg16-adv.json", expect_data="tiny")
    assert not model.training


def test_a_cell_trains_with_what_is_said_besides(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(DATASETS._entries, "digits", DATASETS["tiny"])
    options = "--cell digits-vgg16-adv --epochs 1 --width 0.0625 --batch-size 20"
    assert main(["train", *options.split(), "--json"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert (card["name"], card["width"]) == ("digits-vgg16-adv", 0.0625)
    assert card["recipe"]["recipe"]["label_smoothing"] == 0.1
    assert card["command"] == (
        "python -m core train --data digits --defense adv --recipe fast --width 0.0625 --epochs 1 --batch-size 20 "
        "--label-smoothing 0.1 --ramp-epochs 4"
    )


def test_a_finished_training_resumes_to_the_same_weights_without_a_step(
    tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hashes = []
    for options in ([], ["--resume"], []):
        assert main([*TINY.split(), "--json", *options]) == 0
        hashes.append(json.loads(capsys.readouterr().out)["sha256"])
    assert len(set(hashes)) == 1


def test_a_radius_is_written_as_the_field_writes_it(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*TINY.split(), "--json", "--dry-run", "--epsilon", "8/255"]) == 0
    assert json.loads(capsys.readouterr().out)["training"]["epsilon"] == 8 / 255


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("", "Expected --data or --cell, got neither"),
        ("--data tiny --cell digits-vgg16-adv", "Expected --data or --cell, got both"),
        ("--cell digits-vgg16-av", "near are digits-vgg16-adv"),
        ("--cell digits-vgg16-adv --epochs 0", "Epochs must be at least 1, got 0"),
        ("--data tiny --classes 1", "Classes must be at least 2, got 1"),
        ("--data cifar11", "Unknown data set 'cifar11'"),
        ("--data tiny --network vgg17", "Unknown network 'vgg17'"),
        ("--data tiny --defense trade", "Unknown defense 'trade'"),
        ("--data tiny --recipe slow", "Unknown recipe 'slow'; known are paper, fast"),
        ("--data tiny --width 0", "Width must lie above 0"),
        ("--data tiny --epochs 0", "Epochs must be at least 1, got 0"),
        ("--data tiny --batch-size 0", "Batch size must be at least 1, got 0"),
        ("--data tiny --learning-rate nan", "Learning rate must be a finite number above 0, got nan"),
        (
            "--data tiny --epsilon 8/0",
            "A radius is a finite number such as 0.03, or a fraction such as 8/255, got '8/0'",
        ),
        ("--data tiny --epsilon -1", "Epsilon must be a finite number of at least 0, got -1.0"),
        ("--data tiny --crop-padding -2", "Crop padding must be at least 0 pixels, got -2"),
        ("--data tiny --device tpu", "Unknown device 'tpu'"),
        ("--data tiny --precision fp8", "Unknown precision 'fp8'"),
        ("--data tiny --name ../x", "name is made of letters, digits, dots"),
        ("--data cifar10 --root /nowhere", "CIFAR-10 is not in /nowhere"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    options: str, sentence: str, tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", *options.split()]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.strip().startswith("error: ")
    assert sentence in said.err
    assert "Traceback" not in said.err
    assert not list(tiny.glob("*/*.safetensors"))


def test_two_processes_under_torchrun_write_one_model(tmp_path: Path) -> None:
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "core"]
    options = "train --data digits --recipe fast --width 0.0625 --epochs 1 --device cpu"
    environment = {**os.environ, "FEATURE_SIEVE_RUNS": str(tmp_path)}
    done = subprocess.run(
        [*torchrun, *options.split()], capture_output=True, text=True, cwd=store.PROJECT, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("digits-vgg16-standard: clean") == 1
    (folder,) = (tmp_path / "train").iterdir()
    assert [row["step"] for row in read_metrics(folder / "metrics.csv")] == list(range(1, 13))
    assert json.loads((folder / "config.json").read_text())["world"] == 2
