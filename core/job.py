"""One piece of long work as a folder under runs: who is at it, how far it is, how it ended. Commands write, pages read.

The folder bears the hash of the command, so the same work asked for twice is one job. A process is at it exactly as
long as it holds the lock on the file `lock`, which it inherits from whoever starts it: the system lets go when the
process ends, however it ends, so that no claim outlives its process and no process number is taken for another's.
"""

import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from core import store

Command = tuple[str, ...]  # what stands after `python -m core`
COMMAND, PROCESS, PROGRESS, RESULT, STOPPED = (
    f"{name}.json" for name in ("command", "process", "progress", "result", "stopped")
)
LOG, LOCK, PREVIEW = "log", "lock", "preview.png"
OF_ONE_TRY = (PROCESS, PROGRESS, RESULT, STOPPED, LOG, PREVIEW)
MOST_LOG = 64 * 2**20  # bytes
ONLY_PRINTED = ("--json",)  # options that change nothing but what is printed


def normal(command: Sequence[str]) -> Command:
    """The command with its options written one way and in one order, without those that only change what is printed."""
    places: list[str] = []
    options: dict[str, list[str]] = {}
    for word in command:
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            options[name.replace("_", "-")] = [value] if equals else []
        elif options:
            options[next(reversed(options))].append(word)
        else:
            places.append(word)
    kept = {name: values for name, values in sorted(options.items()) if name not in ONLY_PRINTED}
    return (*places, *(word for name, values in kept.items() for word in (name, *values)))


def folder_of(command: Sequence[str]) -> Path:
    """Where the work of this command keeps its files."""
    digest = hashlib.sha256("\0".join(normal(command)).encode(errors="surrogateescape")).hexdigest()
    return store.jobs_root() / digest[:16]


@contextmanager
def beginning(command: Sequence[str]) -> Iterator[tuple[Path, int | None]]:
    """Claim the work of a command and clear its folder of an earlier try; nobody else begins or looks meanwhile.

    Yields:
        the folder, and the lock as a file descriptor, None where another process is at it. Whoever is to do the work
        inherits or duplicates it before the block ends.
    Raises:
        OSError: the folder cannot be written.
    """
    folder = folder_of(command)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(), _lock(folder) as lock:
        if lock is not None:
            for name in OF_ONE_TRY:
                (folder / name).unlink(missing_ok=True)
            store.write_json(folder / COMMAND, {"command": list(command), "begun": time.time()})
        try:
            yield folder, lock
        except BaseException:
            if lock is not None:
                (folder / COMMAND).unlink(missing_ok=True)  # what never began is no job
            raise


def lives(folder: Path) -> bool:
    """Whether a process is at the work of this folder."""
    if not (folder / LOCK).exists():
        return False
    with _alone(), _lock(folder) as lock:
        return lock is None


def write_process(folder: Path, pid: int) -> None:
    """Say which process is at it, for whoever wants to stop it."""
    store.write_json(folder / PROCESS, {"pid": pid})


def write_progress(folder: Path, what: str, done: int, total: int, started: float) -> None:
    """Say how far the part at work is, and keep the log within bounds.

    Nothing is said where the disk is full: work that still fits into memory goes on.
    """
    new, log = folder / f".{PROGRESS}", folder / LOG
    with suppress(OSError):  # no `store.write_json`: this is said often, and need not survive a power cut
        new.write_text(json.dumps({"what": what, "done": done, "total": total, "started": started}))
        os.replace(new, folder / PROGRESS)
        if log.stat().st_size > MOST_LOG:
            os.truncate(log, 0)  # the process appends, so that it goes on at the new end


def write_result(folder: Path, /, **said: str) -> None:
    """Say how the work ended: `folder` of the result, or `problem` in one sentence; the first word counts."""
    if not (folder / RESULT).exists():
        store.write_json(folder / RESULT, said)


def forget(folder: Path) -> None:
    """Remove what a command left that came to nothing."""
    with _alone():
        shutil.rmtree(folder, ignore_errors=True)


def read(folder: Path, name: str) -> dict[str, Any]:
    """What a file of the folder says; nothing where it is not there, or damaged."""
    try:
        said = json.loads((folder / name).read_bytes())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


@contextmanager
def _alone() -> Iterator[None]:
    """Short moments that may not overlap: who looks whether a lock is free holds it for a moment himself."""
    file = os.open(store.jobs_root() / f".{LOCK}", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


@contextmanager
def _lock(folder: Path) -> Iterator[int | None]:
    """The lock of a piece of work, None where a process holds it; it is kept by who duplicates or inherits it."""
    file = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        free = True
    except BlockingIOError:
        free = False
    try:
        yield file if free else None
    finally:
        os.close(file)
