import json
import shutil
from pathlib import Path

import pytest

from core.cli import main
from core.cli.data import state_of
from core.cli.dry_run import digits
from core.training import timing

QUICK = "train --data digits --defense adv --recipe fast --width 0.02 --epochs 1 --batch-size 50"


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of runs that is not there yet."""
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


def test_it_says_what_would_be_done_and_writes_nothing(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*QUICK.split(), "--dry-run", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert not runs.exists()
    assert plan["command"] == f"python -m core {QUICK}"
    assert (plan["model"], plan["data"], plan["steps_done"]) == ("digits-vgg16-adv", "comes with the project", 0)
    assert plan["folder"].startswith(str(runs / "train" / "digits-vgg16-adv-"))
    passes = plan["cost"]["passes"]
    assert plan["cost"]["train_count"] == 1297
    assert plan["objective"]["attack"]["steps"] == 1
    assert plan["cost"]["passes"]["forwards"] == 2 * plan["cost"]["images"] == 2 * 25 * 50
    assert plan["total_flops"] == sum(n * plan["cost"]["flops"][way] for way, n in passes.items())
    assert plan["timing"]["images"] == plan["timing"]["share"] == 50
    assert plan["hours"] * 3600 == pytest.approx(25 * plan["timing"]["seconds"])


def test_a_cell_whose_data_is_missing_is_planned_all_the_same(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(timing, "_seconds", lambda *_: 2.0)
    cell = "paper-tiny_imagenet-wrn28_10-mart"
    assert main(["train", "--cell", cell, "--dry-run", "--root", "/nowhere"]) == 0
    out = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert cell in out
    assert "100,000 training and 10,000 test images of 64x64 in 200 classes; python -m core data fetch" in out
    assert "wrn28_10 at width 1, 36,600,984 parameters" in out
    assert "attack inside: 10 x 0.0069 within epsilon 0.03" in out
    assert "60 epochs, 60,000 steps of 100 images" in out
    assert "72,000,000 forward, 60,000,000 back to the pixels, 12,000,000 back to the weights" in out
    assert not runs.exists()


def test_an_interrupted_run_is_found(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*QUICK.split(), "--json"]) == 0
    before = {path: path.stat().st_mtime_ns for path in runs.rglob("*")}
    capsys.readouterr()
    assert main([*QUICK.split(), "--dry-run"]) == 0
    assert "--resume: Goes on after 25 steps" in " ".join(capsys.readouterr().out.split())
    assert {path: path.stat().st_mtime_ns for path in runs.rglob("*")} == before


def test_no_defense_has_no_attack(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*QUICK.replace("adv", "standard").split(), "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "no attack inside" in out
    assert "back to the pixels" not in out


def test_the_wrong_number_of_classes_is_said_and_refused(
    tmp_path: Path, runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "tiny-imagenet-200"
    (folder / "val").mkdir(parents=True)
    (folder / "val" / "val_annotations.txt").write_text("")
    (folder / "wnids.txt").write_text("n01\nn02\nn03\n")
    for wnid in ("n01", "n03"):
        (folder / "train" / wnid / "images").mkdir(parents=True)
    assert state_of("tiny_imagenet", tmp_path, 2) == state_of("tiny_imagenet", tmp_path) == "at hand"
    assert state_of("tiny_imagenet", tmp_path, 20) == "2 classes at hand, 20 needed"
    shutil.rmtree(folder)
    assert main(["train", "--data", "digits", "--classes", "9", "--recipe", "fast", "--width", "0.02"]) == 2
    assert "Expected 9 classes of digits, got 10" in capsys.readouterr().err
    assert not runs.exists()


def test_a_folder_of_ones_own_is_counted_by_loading(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--data", "folder", "--root", str(tmp_path), "--dry-run"]) == 2
    assert "holds no picture" in capsys.readouterr().err


@pytest.mark.parametrize(("number", "said"), [(0.03982, "0.0398"), (41.93, "41.9"), (5789.4, "5,789"), (99.99, "100")])
def test_numbers_are_short(number: float, said: str) -> None:
    assert digits(number) == said
