"""What is run once is found again, whole, whatever happens on the way."""

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
import torch

from core import store
from core.analysis.conduct import conduct
from core.analysis.experiment import EXPERIMENTS, Experiment, Subject
from core.analysis.results import Result, StoredResult
from core.analysis.subjects import EXPERIMENTS as ALL
from core.config import fingerprint, to_dict
from core.errors import InputError
from core.types import OnStep
from tests.core.analysis.conftest import Bench

calls: list[int] = []


@dataclass(frozen=True, kw_only=True)
class Counting:
    """Counts its calls, and the images that it was given."""

    version: ClassVar[int] = 1

    n: int = 3
    seed: int = 0

    def __call__(self, subject: Subject, *, on_step: OnStep | None = None) -> Result:
        calls.append(self.n)
        rows = len(subject.first(self.n))
        table = pd.DataFrame({"index": range(rows), "half": [0.5] * rows})
        return Result({"rows": table}, {"images": rows}, {"mask": np.eye(2, dtype=bool)}, {"raw": np.ones(1)})


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(store, "RESULTS", tmp_path / "results")
    calls.clear()


def run(bench: Bench, experiment: Experiment | None = None, **options: Any) -> StoredResult:
    found = conduct(experiment or Counting(), bench.subject, name="count", **options)
    assert found is not None
    return found


def test_what_was_found_comes_back_with_what_made_it(bench: Bench) -> None:
    result = StoredResult(run(bench).folder)
    assert result.table("rows")["index"].tolist() == [0, 1, 2]
    assert result.array("mask").tolist() == [[True, False], [False, True]]
    assert result.summary == {"images": 3}
    assert result.config == {"kind": "Counting", "n": 3, "seed": 0}
    assert result.manifest["model"]["name"] == "toy-vgg16-adv"
    assert result.manifest["data"]["n"] == 3
    assert result.manifest["version"] == 1
    assert result.card == bench.card
    assert result.manifest["class_names"] == list(bench.card.class_names)
    assert pd.read_csv(result.folder / "rows.csv")["half"].tolist() == [0.5] * 3


def test_the_same_experiment_is_not_run_twice(bench: Bench) -> None:
    first = run(bench)
    assert run(bench).folder == first.folder
    assert calls == [3]
    assert run(bench, fresh=True).folder == first.folder
    assert calls == [3, 3]


def test_another_config_weights_images_or_version_make_another_run(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, subject = run(bench), bench.subject
    darker = replace(bench.data, images=bench.data.images * 0.5)
    others = [
        run(bench, Counting(seed=1)),
        conduct(Counting(), replace(subject, card=replace(bench.card, sha256="1" * 64)), name="count"),
        conduct(Counting(), replace(subject, data=darker), name="count"),
    ]
    monkeypatch.setattr(Counting, "version", 2)
    others.append(run(bench))
    assert len({first.folder, *(other.folder for other in others if other)}) == 5
    assert len(calls) == 5


def test_given_a_folder_only_what_pages_read_is_written_there(bench: Bench, tmp_path: Path) -> None:
    folder = run(bench, out=tmp_path / "shipped").folder
    names = {"config.json", "manifest.json", "card.json", "summary.json", "rows.parquet", "arrays.safetensors"}
    assert {path.name for path in folder.iterdir()} == names
    with pytest.raises(InputError):
        StoredResult(folder).array("raw")
    assert run(bench, Counting(n=2), out=folder).summary == {"images": 2}
    assert run(bench, Counting(n=2), out=folder).summary == {"images": 2}
    assert calls == [3, 2]


@pytest.mark.parametrize("file", ["config.json", "manifest.json"])
@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"{}"], ids=["empty", "cut off", "a list", "no fields"])
def test_a_damaged_result_is_made_again(bench: Bench, file: str, damage: bytes) -> None:
    folder = run(bench).folder
    (folder / file).write_bytes(damage)
    assert run(bench).folder == folder
    assert calls == [3, 3]
    assert StoredResult(folder).manifest["data"]["n"] == 3


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


@pytest.mark.parametrize("n", [0, 6])
def test_more_images_than_there_are_are_refused(bench: Bench, n: int) -> None:
    with pytest.raises(InputError, match=f"has 5 images, got n = {n}"):
        run(bench, Counting(n=n))


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """Keeps a file, and says whether it lay there before."""

    version: ClassVar[int] = 1

    n: int = 3

    def __call__(self, subject: Subject, *, on_step: OnStep | None = None) -> Result:
        assert subject.kept is not None
        before = subject.kept.load("half") is not None
        subject.kept.save("half", {"done": torch.ones(1)})
        if on_step:
            on_step(1, 2)
        return Result({}, {"before": before})


def stop(done: int, total: int) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(("fresh", "before"), [(False, True), (True, False)])
def test_half_done_work_is_found_unless_it_is_to_be_fresh(bench: Bench, fresh: bool, before: bool) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(bench, Keeping(), fresh=fresh, on_step=stop)
    assert run(bench, Keeping(), fresh=fresh).summary == {"before": before}


def test_every_experiment_is_registered_by_the_name_of_its_command() -> None:
    names = {"attacks", "attacks-radii", "bottleneck", "channels", "clusters", "paper-table1", "paper-table2"}
    assert ALL is EXPERIMENTS
    assert names | {"visualize"} <= set(EXPERIMENTS)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_is_a_value(name: str) -> None:
    kind = EXPERIMENTS[name]
    experiment = kind()
    assert experiment == kind()
    assert isinstance(experiment.version, int)
    assert experiment.n >= 1
    assert EXPERIMENTS.name_of(experiment) == name
    assert len(fingerprint(experiment)) == 12
    assert to_dict(experiment).keys() >= {"n"} or "images" in to_dict(experiment)


SHARED = """
    import sys
    from dataclasses import dataclass, replace
    from typing import ClassVar
    import pandas as pd
    import torch
    from core.analysis.conduct import conduct
    from core.analysis.experiment import Subject
    from core.analysis.results import Result
    from core.device import joined

    @dataclass(frozen=True, kw_only=True)
    class Ranks:
        version: ClassVar[int] = 1
        n: int = 3
        def __call__(self, subject, *, on_step=None):
            told = [None] * subject.place.world
            torch.distributed.all_gather_object(told, subject.place.rank)
            return Result({"ranks": pd.DataFrame({"rank": told})}, {})

    with joined("cpu", "fp32") as place:
        for fresh in (False, False, True):
            subject = replace(Subject.load("digits-vgg16-adv", None, "cpu"), place=place)
            found = conduct(Ranks(), subject, name="ranks", fresh=fresh)
            assert (found is None) == (place.rank > 0)
"""


def test_several_processes_run_together_and_one_of_them_writes(tmp_path: Path) -> None:
    (tmp_path / "shared.py").write_text(dedent(SHARED))
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "--"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(store.PROJECT)}
    done = subprocess.run([*torchrun, str(tmp_path / "shared.py")], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "runs" / "ranks").iterdir()
    assert StoredResult(folder).table("ranks")["rank"].tolist() == [0, 1]
