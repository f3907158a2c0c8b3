import json
from pathlib import Path

import pytest

from core.analysis.results import stored_result
from core.cli import main
from tests.core.cli.conftest import MODEL

SWEEP = ("bottleneck", MODEL, "--n", "6", "--steps", "5", "--betas", "0", "0.3", "30", "--seed", "1")


@pytest.fixture(scope="module")
def folder(small_model: Path) -> Path:
    assert main([*SWEEP]) == 0
    (folder,) = (small_model / "bottleneck").iterdir()
    return folder


def test_a_run_holds_tables_figures_and_what_made_them(folder: Path) -> None:
    tables = {f"{name}.{kind}" for name in ("images", "curves", "counts", "channels") for kind in ("csv", "parquet")}
    others = {"config.json", "card.json", "manifest.json", "summary.json", "arrays.safetensors", "figures.html"}
    assert {path.name for path in folder.iterdir()} == tables | others
    result = stored_result("bottleneck", MODEL)
    assert result.folder == folder
    assert result.config["betas"] == [0, 0.3, 30]
    assert result.config["bottleneck"]["steps"] == 5
    assert result.config["bottleneck"]["cut"] == "conv5_3"
    assert result.config["attack"]["threat"]["epsilon"] == 0.1
    assert result.array("changes_at").shape == (6, 32)


def test_the_same_sweep_is_found_again_and_printed(
    folder: Path, small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = (folder / "manifest.json").stat().st_mtime_ns
    assert main([*SWEEP, "--json"]) == 0
    out, err = capsys.readouterr()
    data = json.loads(out)
    assert data["folder"] == str(folder)
    assert len(data["sentences"]) == 3
    assert str(folder) in err.replace("\n", "")
    assert (folder / "manifest.json").stat().st_mtime_ns == made
    assert len(list((small_model / "bottleneck").iterdir())) == 1


def test_the_table_says_n_and_where_curves_cross(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SWEEP]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "first 6 test images, given the true label" in said
    assert "On attacked images the two curves" in said


def test_out_holds_what_pages_read(small_model: Path) -> None:
    out = small_model / "shipped" / MODEL / "bottleneck"
    assert main([*SWEEP, "--out", str(out)]) == 0
    assert {path.suffix for path in out.iterdir()} == {".json", ".parquet"}


def test_one_image_is_read_at_every_beta(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SWEEP, "--image", "2", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    rows = stored_result("bottleneck", MODEL).table("images").query("index == 2").sort_values("beta")
    assert data["robust_count"] == rows["robust_count"].tolist()
    assert data["predictions"]["clean_robust"] == [str(k) for k in rows["clean_robust"]]
    assert len(data["changes_at"]) == 32
    assert main([*SWEEP, "--image", "2"]) == 0
    assert "image 2, given the true label" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--image", "100000"), "has images 0 to"),
        (("--n", "0"), "got n = 0"),
        (("--beta", "1"), "takes its betas from the grid"),
        (("--betas", "3", "1"), "each larger than the one before, got 3, 1"),
        (("--attack", "pdg"), "Did you mean 'pgd'?"),
    ],
)
def test_bad_input_is_one_sentence(
    folder: Path, options: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*SWEEP, *options]) == 2
    assert sentence in capsys.readouterr().err
