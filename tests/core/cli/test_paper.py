import json
from pathlib import Path

import pytest

from core.analysis.results import Result
from core.cli import main
from tests.core.cli.conftest import MODEL

TABLE2 = ("paper", "table2", "--models", MODEL, "--n", "6")


@pytest.fixture(scope="module")
def folder(small_model: Path) -> Path:
    assert main([*TABLE2]) == 0
    (folder,) = (small_model / "paper" / "table2").iterdir()
    return folder


def test_a_run_holds_the_table(folder: Path) -> None:
    cells = Result(folder).table("cells")
    assert set(cells["attack"]) == {"fgsm", "pgd", "cw"}
    assert (folder / "cells.csv").is_file()


def test_the_same_command_finds_it_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "manifest.json").stat().st_mtime_ns
    assert main([*TABLE2, "--json"]) == 0
    (said,) = json.loads(capsys.readouterr().out)["results"]
    assert (said["item"], said["model"], said["folder"]) == ("table2", MODEL, str(folder))
    assert (folder / "manifest.json").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("paper", "table9"), "Unknown table or figure 'table9'; known are table1"),
        (("paper", "table1", "--models", ","), "at least one model"),
        (("paper", "table1", "--models", MODEL, "--n", "9999"), "got n = 9999"),
    ],
)
def test_bad_input_is_one_sentence(
    small_model: Path, words: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words]) == 2
    assert sentence in capsys.readouterr().err
