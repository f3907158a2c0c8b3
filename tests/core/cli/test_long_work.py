"""What a long command leaves in its job's folder, and what commands leave none."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from core import job, store
from core.cli import long_work, main
from core.cli.command import canonical
from core.cli.talk import progress, write_result
from core.errors import InputError

COMMAND = ("paper", "toy", "--n", "5")


@pytest.fixture(autouse=True)
def own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path))


def said(name: str) -> dict[str, object]:
    return job.read(job.folder_of(COMMAND), name)


def test_progress_and_result_are_files_while_a_command_is_at_work() -> None:
    with long_work.at_work(COMMAND):
        folder = store.job_folder()
        assert folder == job.folder_of(COMMAND)
        assert job.lives(folder)
        with progress("images") as on_step:
            for done in range(1, 4):
                on_step(done, 3)
        write_result("runs/bottleneck/made-1234")
    assert {name: said(job.PROGRESS)[name] for name in ("what", "done", "total")} == {
        "what": "images", "done": 3, "total": 3,
    }  # fmt: skip
    assert said(job.RESULT) == {"folder": "runs/bottleneck/made-1234"}
    assert not job.lives(folder)
    assert store.job_folder() is None


def test_progress_is_written_now_and_then_and_at_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written: list[int] = []
    monkeypatch.setattr(job, "write_progress", lambda _, what, done, total, started: written.append(done))
    monkeypatch.setattr("core.cli.talk.PAUSE", 1e9)
    with store.in_job(tmp_path), progress("images") as on_step:
        for done in range(1, 1001):
            on_step(done, 1000)
    assert written == [1, 1000]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (InputError("No such attack."), "No such attack."),
        (RuntimeError("a bolt is loose"), "RuntimeError: a bolt is loose"),
        (
            OSError(errno.ENOSPC, "No space left", "/runs/x"),
            "The disk is full (/runs/x): make room, then start this again.",
        ),
    ],
)
def test_how_it_failed_is_told(error: Exception, sentence: str) -> None:
    def fails() -> None:
        with long_work.at_work(COMMAND):
            job.write_progress(job.folder_of(COMMAND), "images", 1, 2, 0.0)
            raise error

    pytest.raises(type(error), fails)
    assert said(job.RESULT) == {"problem": sentence}


def test_what_was_interrupted_leaves_no_word() -> None:
    with pytest.raises(KeyboardInterrupt), long_work.at_work(COMMAND):
        raise KeyboardInterrupt
    assert said(job.RESULT) == {}


def test_bad_input_on_a_terminal_leaves_no_job(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bottleneck", "no-such-model"]) == 2
    assert "no-such-model" in capsys.readouterr().err
    assert not list(store.jobs_root().glob("[!.]*"))


@pytest.mark.parametrize("command", [("models",), ("data", "list"), ("bottleneck", "--help"), ("explain", "toy")])
def test_short_commands_are_no_jobs(command: tuple[str, ...]) -> None:
    with long_work.at_work(command):
        assert store.job_folder() is None
    assert not store.jobs_root().exists()


def test_one_of_several_processes_is_no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    with long_work.at_work(COMMAND):
        assert store.job_folder() is None


def test_a_full_disk_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left", "/runs/x")

    monkeypatch.setattr("tyro.cli", full)
    assert main(["models"]) == 2
    assert capsys.readouterr().err == "error: The disk is full (/runs/x): make room, then start this again.\n"


def test_a_command_that_is_asked_to_end_leaves_no_traceback() -> None:
    """As a page stops it: in the middle of its work."""
    stops = "fetch.fetch = lambda *_: os.kill(os.getpid(), signal.SIGTERM)"
    given = "sys.argv = ['core', 'data', 'fetch', 'digits']"
    lines = ["import os, runpy, signal, sys", "from core.datasets import fetch", stops, given]
    process = subprocess.run(
        [sys.executable, "-c", "\n".join([*lines, "runpy.run_module('core', run_name='__main__')"])],
        cwd=store.PROJECT, capture_output=True, text=True,
    )  # fmt: skip
    assert process.returncode == 130
    assert process.stderr.strip().startswith("stopped; ")
    assert process.stdout == ""


@pytest.mark.parametrize(
    "words",
    [
        "--n 40",
        "--seed 0 --n 40",
        "--n=40 --beta 0.3 --json",
        "--attack pgd --n 40 --device auto",
    ],
)
def test_job_3_the_same_experiment_in_other_words_is_the_same_job(words: str) -> None:
    short = canonical("bottleneck", "shapes-vgg16-adv", "--n", "40")
    assert short == ("bottleneck", "shapes-vgg16-adv", "--n", "40")
    assert canonical("bottleneck", "shapes-vgg16-adv", *words.split()) == short


@pytest.mark.parametrize("words", ["--n 41", "--n 40 --seed 1", "--n 40 --fresh", "--n 40 --image 3"])
def test_another_experiment_is_another_job(words: str) -> None:
    one = job.folder_of(canonical("channels", "shapes-vgg16-adv", "--n", "40"))
    assert job.folder_of(canonical("channels", "shapes-vgg16-adv", *words.split())) != one
