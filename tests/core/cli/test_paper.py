import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from core.analysis import attacked
from core.analysis.paper import batches
from core.analysis.paper.items import ItemConditions
from core.analysis.results import StoredResult
from core.attacks import FGSM
from core.cli import main
from core.store import PROJECT
from tests.core.cli.conftest import MODEL

TABLE2 = ("paper", "table2", "--models", MODEL, "--n", "6")
STARTS = ["000000", "000002", "000004"]  # of six images in batches of two

# What a process of its own runs; the first argument says after how many batches it kills itself.
PROGRAM = """
import os, sys
from core.analysis import attacked
from core.analysis.kept import Kept
from core.analysis.paper import batches
from core.analysis.paper.items import ItemConditions
from core.attacks import FGSM
from core.cli import main

attacked.BATCH = batches.BATCH = 2
ItemConditions.three = property(lambda of: (FGSM(threat=of.threat),))
save, left = Kept.save, int(sys.argv[1])

def counting(self, name, piece):
    global left
    save(self, name, piece)
    left -= "paper-table2" in name
    if left == 0:
        os.kill(os.getpid(), 9)

Kept.save = counting
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture(scope="module")
def folder(small_model: Path) -> Path:
    assert main([*TABLE2]) == 0
    (folder,) = (small_model / "paper-table2").iterdir()
    return folder


def test_a_run_holds_the_table(folder: Path) -> None:
    cells = StoredResult(folder).table("cells")
    assert set(cells["attack"]) == {"fgsm", "pgd", "cw"}
    assert (folder / "cells.csv").is_file()
    assert (folder / "compared.csv").is_file()


def test_the_same_command_finds_it_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "manifest.json").stat().st_mtime_ns
    assert main([*TABLE2, "--json"]) == 0
    (said,) = json.loads(capsys.readouterr().out)["results"]
    assert (said["item"], said["model"], said["folder"]) == ("table2", MODEL, str(folder))
    assert (folder / "manifest.json").stat().st_mtime_ns == before


def read(folder: Path) -> list[str]:
    """Where the kept batches begin."""
    return sorted(path.stem for path in folder.glob("kept/*/paper-table2-*/*.safetensors"))


def cells(folder: Path) -> pd.DataFrame:
    """The table in a folder of runs."""
    (result,) = folder.glob("paper-table2/*")
    return StoredResult(result).table("cells")


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "FEATURE_SIEVE_RUNS": str(folder), "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"}


@pytest.fixture
def words(small_model: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command with the model by its path, in batches of two and, to be quick, with one attack."""
    for module in (attacked, batches):
        monkeypatch.setattr(module, "BATCH", 2)
    monkeypatch.setattr(ItemConditions, "three", property(lambda of: (FGSM(threat=of.threat),)))
    return ["paper", "table2", "--models", str(small_model / "train" / "digits" / f"{MODEL}.json"), "--n", "6"]


def test_killed_and_started_again_it_goes_on(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, "2", *words], env=environment(tmp_path), capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert read(tmp_path) == STARTS[:2]
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("kept/*/paper-table2-*/*")}
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path))
    assert main(words) == 0
    assert read(tmp_path) == STARTS
    assert {path: path.stat().st_mtime_ns for path in before} == before
    resumed = cells(tmp_path)
    assert main([*words, "--fresh"]) == 0
    assert all(path.stat().st_mtime_ns > then for path, then in before.items())
    pd.testing.assert_frame_equal(cells(tmp_path), resumed, check_exact=True)


def test_two_processes_share_the_batches(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "--"]
    command = [*torchrun, str(program), "3", *words]  # none of the two gets to do all three
    done = subprocess.run(command, env=environment(tmp_path / "two"), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("(made") == 1
    assert read(tmp_path / "two") == STARTS
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path / "one"))
    assert main(words) == 0
    pd.testing.assert_frame_equal(cells(tmp_path / "two"), cells(tmp_path / "one"), rtol=1e-4)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("paper", "table9"), "Unknown table or figure 'table9'; known are table1"),
        (("paper", "table1", "--models", ","), "at least one model"),
        (("paper", "table1", "--models", MODEL, "--n", "9999"), "got n = 9999"),
    ],
)
def test_bad_input_is_one_sentence(
    small_model: Path, wrong: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*wrong]) == 2
    assert sentence in capsys.readouterr().err
