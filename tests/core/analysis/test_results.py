import json
from pathlib import Path
from typing import Any

import pytest

from core import store
from core.analysis.conduct import conduct
from core.analysis.results import StoredResult, damaged_results, every_result, stored_result, stored_results
from core.errors import InputError
from tests.core.analysis.conftest import Bench
from tests.core.analysis.test_conduct import Counting


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(store, "RESULTS", tmp_path / "results")


def run(bench: Bench, **options: Any) -> StoredResult:
    found = conduct(Counting(), bench.subject, name="count", **options)
    assert found is not None
    return found


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


FILES = ("config.json", "manifest.json", "card.json", "summary.json")
DAMAGE = {"missing": None, "empty": b"", "cut off": b'{"model": {"na', "a list": b"[]", "no UTF-8": b"\xff\xfe{}"}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_result_is_named_and_hurts_no_other(bench: Bench, tmp_path: Path, file: str, damage: str) -> None:
    whole, other = run(bench).folder, tmp_path / "runs" / "count" / "other"
    damaged = run(bench, out=other).folder
    assert stored_results("count") == {"toy-vgg16-adv": other}, "the newest"
    assert damaged_results("count") == []
    content = DAMAGE[damage]
    (damaged / file).unlink() if content is None else (damaged / file).write_bytes(content)
    assert every_result("count") == {"toy-vgg16-adv": [whole]}
    assert stored_result("count", "toy-vgg16-adv").folder == whole
    (said,) = damaged_results("count")
    assert str(damaged / file) in said


def test_what_is_half_written_is_no_result(tmp_path: Path) -> None:
    (tmp_path / "runs" / "count" / ".toy.123.tmp").mkdir(parents=True)
    assert every_result("count") == {}
    assert damaged_results("count") == []
