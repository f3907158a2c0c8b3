import json
from pathlib import Path

import pytest

from core.analysis.results import stored_result
from core.cli import main
from tests.core.cli.conftest import MODEL

EMBED = (
    "clusters", MODEL, "--n", "8", "--steps", "5", "--perplexity", "4", "--iterations", "250", "--multiples-n", "5",
    "--perplexities", "3", "--map-seeds", "0", "--vector", "pooled",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(small_model: Path) -> Path:
    assert main([*EMBED]) == 0
    (folder,) = (small_model / "clusters").iterdir()
    return folder


def test_a_run_holds_the_maps_and_what_they_are_worth(folder: Path) -> None:
    result = stored_result("clusters", MODEL)
    assert result.folder == folder
    assert len(result.table("points")) == 3 * 6 * 8
    assert len(result.table("multiples")) == 6 * 5
    assert (folder / "figures.html").is_file()
    assert result.config["vector"] == "pooled"


def test_json_is_what_is_stored(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*EMBED, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    stored = stored_result("clusters", MODEL)
    assert data["folder"] == str(folder)
    assert [row["purity"] for row in data["quality"]] == stored.table("quality")["purity"].tolist()
    assert data["sentences"] == stored.summary["sentences"]


def test_the_table_shows_chance_and_both_controls(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*EMBED]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for word in ("chance", "random neighbors", "given a wrong label", "at random"):
        assert word in said


@pytest.mark.parametrize(
    ("options", "sentence"),
    [(("--perplexity", "48"), "number of points, 48, got 48"), (("--n", "2"), "at least 4 images")],
)
def test_bad_input_is_one_sentence(
    small_model: Path, options: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*EMBED, *options]) == 2
    assert sentence in capsys.readouterr().err
