import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
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


def leave(path: Path, content: str, kind: str = "folder") -> None:
    """Write a file, or a folder with one inside, that says `content`."""
    with store.writing(path) as temporary:
        if kind == "folder":
            temporary.mkdir()
            temporary = temporary / "said"
        temporary.write_text(content)


def said(path: Path) -> str:
    return (path / "said" if path.is_dir() else path).read_text()


def without_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that cannot swap two names, such as NFS."""
    monkeypatch.setattr(store, "_exchange", lambda one, other: False)


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_where_nothing_is_written_the_old_stays(tmp_path: Path, kind: str) -> None:
    leave(tmp_path / "run", "old", kind)
    with pytest.raises(FileNotFoundError, match="Nothing was written"), store.writing(tmp_path / "run"):
        pass
    assert said(tmp_path / "run") == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("exchange", [True, False])
@pytest.mark.parametrize(("old", "new"), [("folder", "folder"), ("folder", "file"), ("file", "folder")])
def test_whatever_bears_the_name_gives_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, exchange: bool
) -> None:
    if not exchange:
        without_exchange(monkeypatch)
    leave(tmp_path / "run", "old", old)
    leave(tmp_path / "run", "new", new)
    assert said(tmp_path / "run") == "new"
    assert [item.name for item in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_where_the_last_rename_fails_the_old_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    without_exchange(monkeypatch)
    leave(tmp_path / "run", "old", kind)
    rename = os.replace

    def refuse_new(source: Path, target: Path) -> None:
        if str(source).endswith(".tmp"):
            raise OSError("the disk went away")
        rename(source, target)

    monkeypatch.setattr(os, "replace", refuse_new)
    with pytest.raises(OSError, match="the disk went away"):
        leave(tmp_path / "run", "new", kind)
    assert said(tmp_path / "run") == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("reader", [lambda path: store.runs("start"), lambda path: leave(path.with_name("other"), "")])
def test_what_a_kill_between_two_renames_left_aside_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: Callable[[Path], object]
) -> None:
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path))
    path = tmp_path / "start" / "run"
    leave(path, "old")
    path.rename(path.with_name(".run.old"))  # where the process was killed
    path.with_name(".run.99.ab.tmp").mkdir()
    reader(path)
    assert said(path) == "old"
    assert path in store.runs("start")
    leave(path, "new")
    assert said(path) == "new"


def test_runs_are_the_whole_ones_the_newest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path))
    assert store.runs("start") == []
    for age, name in enumerate(("c", "a", "b", ".d.1.ab.tmp")):
        folder = tmp_path / "start" / name
        folder.mkdir(parents=True)
        (folder / "manifest.json").touch()
        os.utime(folder / "manifest.json", (1e9 - age, 1e9 - age))
    (tmp_path / "start" / "b" / "figure.png").touch()  # drawn later, which makes it no newer
    assert [folder.name for folder in store.runs("start")] == ["c", "a", "b"]


KILLED = """
import itertools, sys
from pathlib import Path
from core import store

if sys.argv[2] == "two":
    store._exchange = lambda one, other: False
for round in itertools.count():
    with store.writing(Path(sys.argv[1]) / "run") as temporary:
        temporary.mkdir()
        for part in range(20):
            (temporary / str(part)).write_text(str(round))
    print(round, flush=True)
"""


@pytest.mark.parametrize("renames", ["exchange", "two"])
def test_killed_at_any_moment_the_old_or_the_new_bears_the_name(tmp_path: Path, renames: str) -> None:
    """CKP-1: every kill leaves twenty files of one and the same round, at least as late as the last one told."""
    draws = random.Random(0)
    for attempt in range(10):
        folder = tmp_path / str(attempt)
        command = [sys.executable, "-c", KILLED, str(folder), renames]
        with subprocess.Popen(command, cwd=store.PROJECT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(draws.uniform(0, 0.05))
            process.kill()
            told = process.stdout.read().splitlines() or ["0"]
        store.restore(folder)
        rounds = {path.read_text() for path in (folder / "run").iterdir()}
        assert len(rounds) == 1
        assert int(rounds.pop()) >= int(told[-1])
        assert len(list((folder / "run").iterdir())) == 20


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
