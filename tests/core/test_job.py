"""The folder of one piece of long work: one command has one, one process holds it, and what is damaged says nothing."""

import os
from pathlib import Path

import pytest

from core import job, store

COMMAND = ("bottleneck", "toy", "--n", "5")


@pytest.fixture(autouse=True)
def own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path))


@pytest.mark.parametrize(
    "same",
    [
        ("bottleneck", "toy", "--more-seeds", "1", "2", "--beta", "-0.3", "--fresh"),
        ("bottleneck", "toy", "--beta=-0.3", "--more_seeds", "1", "2", "--fresh"),
        ("bottleneck", "toy", "--fresh", "--json", "--beta", "-0.3", "--more-seeds", "1", "2"),
    ],
)
def test_the_same_work_has_one_folder_however_it_is_written(same: tuple[str, ...]) -> None:
    normal = ("bottleneck", "toy", "--beta", "-0.3", "--fresh", "--more-seeds", "1", "2")
    assert job.normal(same) == job.normal(normal) == normal
    assert job.folder_of(same) == job.folder_of(normal)


@pytest.mark.parametrize(
    "other",
    [("bottleneck", "toy"), ("bottleneck", "toy", "--n", "6"), ("bottleneck", "toy --n", "5"), ("channels", "toy")],
)
def test_other_work_has_another_folder(other: tuple[str, ...]) -> None:
    assert job.folder_of(other) != job.folder_of(COMMAND)


def test_who_duplicates_the_lock_holds_it_until_it_is_closed() -> None:
    with job.beginning(COMMAND) as (folder, lock):
        assert lock is not None
        mine = os.dup(lock)
    assert job.lives(folder)
    with job.beginning(COMMAND) as (same, taken):
        assert (same, taken) == (folder, None)
    os.close(mine)
    assert not job.lives(folder)


def test_a_new_try_clears_what_the_last_one_left_and_joining_does_not() -> None:
    with job.beginning(COMMAND) as (folder, lock):
        assert lock is not None
        mine = os.dup(lock)
    job.write_result(folder, problem="a bolt is loose")
    job.write_progress(folder, "images", 1, 2, 0.0)
    with job.beginning(COMMAND):
        assert job.read(folder, job.RESULT) == {"problem": "a bolt is loose"}
    os.close(mine)
    with job.beginning(COMMAND):
        assert {path.name for path in folder.iterdir()} == {job.COMMAND, job.LOCK}


def test_what_never_began_is_no_job() -> None:
    with pytest.raises(RuntimeError), job.beginning(COMMAND) as (folder, _):
        raise RuntimeError
    assert not (folder / job.COMMAND).exists()
    assert not job.lives(folder)


def test_the_first_word_on_the_end_counts(tmp_path: Path) -> None:
    job.write_result(tmp_path, folder="runs/a")
    job.write_result(tmp_path, problem="while a figure was drawn")
    assert job.read(tmp_path, job.RESULT) == {"folder": "runs/a"}


def test_progress_that_cannot_be_written_ends_no_work(tmp_path: Path) -> None:
    job.write_progress(tmp_path / "gone", "images", 1, 2, 0.0)
    assert job.read(tmp_path / "gone", job.PROGRESS) == {}


def test_a_process_is_told_which_work_it_does(tmp_path: Path) -> None:
    assert store.job_folder() is None
    with store.in_job(tmp_path):
        assert store.job_folder() == tmp_path
    assert store.job_folder() is None
    assert set(store.job_environment(tmp_path).values()) >= {str(tmp_path)}
