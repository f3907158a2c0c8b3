import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core import store
from core.analysis.results import Experiment, Result, StoredResult, conduct, stored_result, stored_results
from core.datasets import Dataset
from core.errors import InputError
from core.models import Staged
from core.types import OnStep
from tests.core.analysis.conftest import Bench

calls: list[int] = []


@dataclass(frozen=True, kw_only=True)
class Counting:
    """Counts its calls, and the images that it was given."""

    n: int = 3
    seed: int = 0

    def __call__(self, model: Any, dataset: Dataset, *, twin: Staged, on_step: OnStep | None = None) -> Result:
        calls.append(self.n)
        assert not twin.training
        table = pd.DataFrame({"index": range(len(dataset)), "half": [0.5] * len(dataset)})
        return Result({"rows": table}, {"images": len(dataset)}, {"mask": np.eye(2, dtype=bool)})


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(store, "RESULTS", tmp_path / "results")
    calls.clear()


def run(bench: Bench, experiment: Experiment | None = None, **options: Any) -> StoredResult:
    return conduct("count", experiment or Counting(), bench.card, bench.model, bench.data, **options)


def test_what_was_found_comes_back_with_what_made_it(bench: Bench) -> None:
    result = StoredResult(run(bench).folder)
    assert result.table("rows")["index"].tolist() == [0, 1, 2]
    assert result.array("mask").tolist() == [[True, False], [False, True]]
    assert result.summary == {"images": 3}
    assert result.config == {"kind": "Counting", "n": 3, "seed": 0}
    assert result.manifest["model"]["name"] == "toy-vgg16-adv"
    assert result.manifest["data"]["n"] == 3
    assert result.card == bench.card
    assert result.manifest["class_names"] == list(bench.card.class_names)
    assert pd.read_csv(result.folder / "rows.csv")["half"].tolist() == [0.5] * 3


def test_the_same_experiment_is_not_run_twice(bench: Bench) -> None:
    first = run(bench)
    assert run(bench).folder == first.folder
    assert calls == [3]
    assert run(bench, fresh=True).folder == first.folder
    assert calls == [3, 3]


def test_another_config_weights_or_images_make_another_run(bench: Bench) -> None:
    first = run(bench)
    darker = replace(bench.data, images=bench.data.images * 0.5)
    others = [
        run(bench, Counting(seed=1)),
        conduct("count", Counting(), replace(bench.card, sha256="1" * 64), bench.model, bench.data),
        conduct("count", Counting(), bench.card, bench.model, darker),
    ]
    assert len({first.folder, *(other.folder for other in others)}) == 4
    assert len(calls) == 4


def test_given_a_folder_only_what_pages_read_is_written_there(bench: Bench, tmp_path: Path) -> None:
    drawn: list[Path] = []
    folder = run(bench, out=tmp_path / "shipped", draw=lambda folder, _: drawn.append(folder)).folder
    names = {"config.json", "manifest.json", "card.json", "summary.json", "rows.parquet", "arrays.safetensors"}
    assert {path.name for path in folder.iterdir()} == names
    assert not drawn
    assert run(bench, Counting(n=2), out=folder).summary == {"images": 2}
    assert run(bench, Counting(n=2), out=folder).summary == {"images": 2}
    assert calls == [3, 2]


def test_a_folder_that_holds_something_else_is_left_alone(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "text").write_text("all of it")
    with pytest.raises(InputError, match="holds no result; choose a new folder"):
        run(bench, out=tmp_path / "thesis")
    assert (tmp_path / "thesis" / "text").read_text() == "all of it"


def test_a_folder_inside_a_file_is_refused_before_anything_is_computed(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "thesis").write_text("all of it")
    with pytest.raises(InputError, match="is a file"):
        run(bench, out=tmp_path / "thesis" / "table1" / "model")
    assert not calls


def test_figures_are_drawn_before_the_folder_takes_its_name(bench: Bench) -> None:
    def draw(folder: Path, result: StoredResult) -> None:
        assert result.table("rows").shape == (3, 2)
        (folder / "figures.html").write_text("drawn")

    folder = run(bench, draw=draw).folder
    assert (folder / "figures.html").read_text() == "drawn"

    def fail(folder: Path, result: StoredResult) -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        run(bench, Counting(n=1), draw=fail)
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.mark.parametrize("n", [0, 6])
def test_more_images_than_there_are_are_refused(bench: Bench, n: int) -> None:
    with pytest.raises(InputError, match=f"has 5 images, got n = {n}"):
        run(bench, Counting(n=n))


def test_shipped_results_come_before_those_of_runs(bench: Bench) -> None:
    made = run(bench).folder
    assert stored_results("count") == {"toy-vgg16-adv": made}
    shipped = run(bench, out=store.RESULTS / "toy-vgg16-adv" / "count").folder
    assert stored_result("count", "toy-vgg16-adv").folder == shipped
    with pytest.raises(InputError, match="Unknown stored count 'toy'.*`python -m core count toy` makes one"):
        stored_result("count", "toy")


@pytest.mark.parametrize("file", ["rows.parquet", "arrays.safetensors", "summary.json"])
def test_a_damaged_file_says_what_to_do(bench: Bench, file: str) -> None:
    folder = run(bench).folder
    (folder / file).write_bytes(b"{")
    readers = {"rows.parquet": lambda r: r.table("rows"), "arrays.safetensors": lambda r: r.array("mask")}
    with pytest.raises(InputError, match="missing or damaged; run its command again with --fresh"):
        readers.get(file, lambda r: r.summary)(StoredResult(folder))
    assert json.loads((folder / "config.json").read_text())["n"] == 3
