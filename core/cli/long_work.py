"""A long command is a job: one process does it, whoever asked for it joins, and how it ends is told in its folder."""

import errno
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from core import job, store
from core.cli.talk import console, progress
from core.errors import InputError

LONG = ("start", "paper")  # beside every experiment
FULL = (errno.ENOSPC, errno.EDQUOT)
PAUSE = 0.2  # seconds between two looks at another process


@contextmanager
def at_work(command: Sequence[str]) -> Iterator[None]:
    """Do a command, alone where it is a long one; a process of several that torchrun started is nobody's job.

    Args:
        command: what stands after `python -m core`.
    Raises:
        InputError: another process was at it, and was stopped.
    """
    if (folder := store.job_folder()) is not None:
        job.write_process(folder, os.getpid())  # said once more: who started it may have been killed before
        with _told(folder):
            yield
    elif _is_long(command) and os.environ.get("WORLD_SIZE", "1") == "1":
        with _claimed(_canonical(command)) as folder, store.in_job(folder), _told(folder):
            yield
    else:
        yield


def sentence(error: BaseException) -> str:
    """What went wrong, for a person."""
    if isinstance(error, OSError) and error.errno in FULL:
        return f"The disk is full ({error.filename or store.runs_root()}): make room, then start this again."
    if isinstance(error, SystemExit):
        return "The command was refused; its log says why."
    return str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"


def _is_long(command: Sequence[str]) -> bool:
    if {"-h", "--help"}.intersection(command):
        return False
    return command[0] in LONG or tuple(command[:2]) == ("data", "fetch") or _is_experiment(command[0])


def _is_experiment(name: str) -> bool:
    from core.cli import COMMANDS  # in which no name is an experiment's that has its command from its fields

    if name in COMMANDS:
        return False
    from core.analysis.subjects import EXPERIMENTS  # torch and more, which the other commands do without

    return name in EXPERIMENTS


def _canonical(command: Sequence[str]) -> Sequence[str]:
    """The one way to write a command that runs an experiment, so that work asked for in other words is the same job."""
    if not _is_experiment(command[0]):
        return command
    from core.cli.command import canonical

    return canonical(*command)


@contextmanager
def _claimed(command: Sequence[str]) -> Iterator[Path]:
    """The folder of this command's work, once no other process is at it."""
    while True:
        with job.beginning(command) as (folder, lock):
            mine = None if lock is None else os.dup(lock)
            if mine is not None:
                job.write_process(folder, os.getpid())
        if mine is not None:
            break
        _follow(folder)
    try:
        yield folder
    except (InputError, SystemExit):
        if not (folder / job.PROGRESS).exists():
            job.forget(folder)  # said on this terminal; it never came to any work
        raise
    finally:
        os.close(mine)


def _follow(folder: Path) -> None:
    """Show how far the other process is until it ends."""
    console.print("Another process is at this work; its result is waited for.", highlight=False)
    with progress("in another process") as on_step:
        while job.lives(folder):
            if said := job.read(folder, job.PROGRESS):
                on_step(said["done"], said["total"])
            time.sleep(PAUSE)
    if job.read(folder, job.STOPPED):
        raise InputError("This work was going on in another process, which was stopped; start it again.")


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Write how the work ended; a process that is gone and has not was killed."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if not isinstance(error, SystemExit) or error.code:
            with suppress(OSError):
                job.write_result(folder, problem=sentence(error))
        raise
    job.write_result(folder, folder="")
