import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from torch.optim import SGD

from core import store
from core.cli import main
from core.config import to_dict
from core.datasets import DATASETS, Dataset, load_dataset
from core.device import Place
from core.models import load_model
from core.training.metrics import read_metrics
from core.training.resume import resumption
from core.training.settings import Settings
from core.training.training import Training


def training(**said: Any) -> Training:
    said = {"data": "digits", "defense": "adv", "width": 0.02, "epochs": 2, "attack_steps": 1, **said}
    return Settings(**said).training(Place())


@pytest.fixture(autouse=True)
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder of runs, and a data set of 40 images."""
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path / "runs"))
    digits = load_dataset("digits", "test")
    few = Dataset("digits", "train", digits.images[:40], digits.labels[:40], digits.class_names, 0.1)
    entry = dataclasses.replace(DATASETS["digits"], load=lambda split, root: few)
    monkeypatch.setitem(DATASETS._entries, "digits", entry)
    return tmp_path / "runs" / "train"


TINY = "train --data digits --width 0.02 --batch-size 20 --defense adv --attack-steps 1 --json"


def trained(options: str, capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], str]:
    """The card that a command leaves, and what it said besides."""
    assert main([*TINY.split(), *options.split()]) == 0
    said = capsys.readouterr()
    return json.loads(said.out), " ".join(said.err.split())


def test_more_epochs_go_on_from_the_shorter_run_to_the_same_weights(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The paper's recipe cuts its rate every 20 epochs, however many there are."""
    whole, _ = trained("--epochs 3", capsys)
    for folder in runs.iterdir():
        folder.rename(folder.with_name(".elsewhere"))
    trained("--epochs 1", capsys)
    longer, said = trained("--epochs 3 --resume", capsys)
    assert longer["sha256"] == whole["sha256"]
    (shorter,) = (run for run in runs.glob("digits*") if len(read_metrics(run / "metrics.csv")) == 2)
    assert f"Goes on after 2 steps, from {shorter}." in said
    (run,) = (run for run in runs.glob("digits*") if run != shorter)
    assert [row["step"] for row in read_metrics(run / "metrics.csv")] == [1, 2, 3, 4, 5, 6]


def test_a_schedule_that_depends_on_the_epochs_begins_anew_and_says_so(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trained("--recipe fast --epochs 1", capsys)
    (shorter,) = runs.iterdir()
    anew, said = trained("--recipe fast --epochs 2 --resume", capsys)
    assert "Nothing to resume: the nearest run," in said
    assert "has epochs 1 instead of 2, on which the rates of one cycle depend. This training begins anew." in said
    assert load_model(next(path for path in runs.iterdir() if path != shorter)) is not None
    again, said = trained("--recipe fast --epochs 2 --resume", capsys)
    assert "Goes on after 4 steps" in said
    assert again["sha256"] == anew["sha256"]


def leave(training: Training, steps: int) -> Training:
    """A run with its config and a checkpoint after so many steps."""
    model = training.fresh_model(load_dataset(training.data, "train"))
    store.write_json(training.folder / "config.json", to_dict(training))
    training.checkpoint.save(model, SGD(model.parameters()), steps)
    return training


def test_the_run_that_is_furthest_counts() -> None:
    asked = training(epochs=5)
    own, first = leave(asked, 2), leave(training(epochs=3), 3)
    assert (resumption(asked).run, resumption(asked).steps) == (first, 3)
    leave(own, 4)
    assert (resumption(asked).run, resumption(asked).steps) == (asked, 4)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"seed": 1}, "has seed 1 instead of 0."),
        ({"epochs": 3}, "has epochs 3 instead of 2."),
        ({"epochs": 1, "learning_rate": 0.02}, "has epochs 1 instead of 2, learning rate 0.02 instead of 0.01."),
        ({"crop_padding": 1}, "has crop padding 1 instead of 4."),
        ({"recipe": "fast", "seed": 2}, " and 2 more. This"),
    ],
)
def test_what_differs_in_the_nearest_run_is_named(other: dict[str, Any], said: str) -> None:
    leave(training(seed=5, width=0.03, epsilon=0.3, learning_rate=0.3, **{"epochs": 50}), 1)
    leave(training(**other), 1)
    found = resumption(training())
    assert found.run is None
    assert said in found.said


def test_another_network_is_no_earlier_run() -> None:
    leave(training(defense="standard"), 1)
    assert resumption(training()).said == "There is no earlier run to resume: this training begins anew."


@pytest.mark.parametrize("damage", ["config.json", "checkpoint.safetensors"])
def test_a_damaged_run_of_another_training_is_passed_over(damage: str) -> None:
    other = leave(training(epochs=1), 1)
    (other.folder / damage).write_text("{")
    assert resumption(training()).run is None
