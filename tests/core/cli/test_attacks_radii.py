import json
from pathlib import Path

import pytest

from core.cli import main
from tests.core.cli.conftest import MODEL

EPSILONS = ("attacks-radii", MODEL, "--n", "6", "--attack", "pgd:steps=2", "--factors", "0", "1")


def test_the_curve_is_printed_stored_and_found_again(small_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*EPSILONS, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [row["factor"] for row in said["curve"]] == [0, 1]
    assert said["n"] == 6
    made = (Path(said["folder"]) / "manifest.json").stat().st_mtime_ns
    assert main([*EPSILONS]) == 0
    assert "first 6 test images" in " ".join(capsys.readouterr().out.split())
    assert (Path(said["folder"]) / "manifest.json").stat().st_mtime_ns == made


def test_a_falling_grid_is_one_sentence(small_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["attacks-radii", MODEL, "--n", "5", "--factors", "2", "1"]) == 2
    assert "each larger than the one before, got 2, 1" in capsys.readouterr().err
