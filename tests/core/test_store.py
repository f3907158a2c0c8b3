import json
from pathlib import Path

import pytest

from core import store


def fail_halfway(path: Path, *inside: str) -> None:
    """Write something, in a folder where `inside` names a file of it, and stop with an error."""
    with store.writing(path) as temporary:
        file = temporary.joinpath(*inside)
        file.parent.mkdir(exist_ok=True)
        file.write_text("half of the n")
        raise ZeroDivisionError


def test_a_file_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file.txt"
    with store.writing(path) as temporary:
        temporary.write_text("old")
        assert not path.exists()
    with pytest.raises(ZeroDivisionError):
        fail_halfway(path)
    assert path.read_text() == "old"
    with store.writing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert [item.name for item in path.parent.iterdir()] == ["file.txt"]


def test_a_folder_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "run"
    for content in ("old", "new"):
        with store.writing(path) as temporary:
            temporary.mkdir()
            (temporary / content).write_text(content)
    with pytest.raises(ZeroDivisionError):
        fail_halfway(path, "inside")
    assert [item.name for item in path.iterdir()] == ["new"]
    assert [item.name for item in tmp_path.iterdir()] == ["run"]


def test_json_has_no_nan(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    store.write_json(path, {"ü": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.write_json(path, {"a": float("nan")})
    assert json.loads(path.read_text(encoding="utf-8")) == {"ü": 1}


def test_places_follow_argument_environment_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FEATURE_SIEVE_DATA", str(tmp_path))
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", "~/runs")
    assert store.data_root("/elsewhere") == Path("/elsewhere")
    assert store.data_root() == tmp_path
    assert store.runs_root() == Path.home() / "runs"
    monkeypatch.delenv("FEATURE_SIEVE_DATA")
    monkeypatch.delenv("FEATURE_SIEVE_RUNS")
    assert store.data_root() == store.PROJECT / "data"
    assert store.runs_root() == store.PROJECT / "runs"


def test_manifest_says_with_what_and_when() -> None:
    made = store.manifest(seed=3)
    assert made["seed"] == 3
    assert {"python", "torch", "numpy"} <= made["versions"].keys()
    assert made["made"].endswith("+00:00")
