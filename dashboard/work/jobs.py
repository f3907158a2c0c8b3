"""Long work: the printed command as a process that outlives page and server; what is known of it lies in its folder."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core import job, store
from core.errors import InputError
from core.job import Command

State = Literal["waiting", "running", "done", "stopped", "failed", "killed"]
PROGRAM: Command = (sys.executable, "-m", "core")  # what a command is given to
TAIL = 16 * 2**10  # bytes of the log that are looked at
LONGEST = 300  # characters of its last line
NO_ROOM = 2**20  # bytes: with less a disk is full
GRACE, FORCE = 1.2, 0.6  # seconds: for a stopped process to end by itself; for the system to end it
LEAVE, PAUSE = 3.0, 0.02  # seconds: for a process that has said its last word to be gone; between two looks
KILLED = "It was killed from outside, or the machine went down, before it was done; start it again."
_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x1f\x7f-\x9f]")
_started: list[subprocess.Popen[bytes]] = []  # by this server, which must take note of their end


@dataclass(frozen=True, kw_only=True)
class Job:
    """A piece of long work as its folder says.

    Args:
        folder: of its log, progress and end.
        command: what stands after `python -m core`.
        begun: when, seconds since 1970.
        state: waiting is at work and has said nothing yet; killed is gone without a word on how it ended.
        done, total: of the part at work; total 0 before the first step.
        result: name of the folder that the work wrote; empty before, and where it writes none.
        problem: why it failed or that it was killed, one sentence; empty otherwise.
        by: of a stopped one, who stopped it, as `stop` was told.
    """

    folder: Path
    command: Command
    begun: float
    state: State
    done: int = 0
    total: int = 0
    result: str = ""
    problem: str = ""
    by: str = ""

    @property
    def id(self) -> str:
        """The same for the same work, today and tomorrow."""
        return self.folder.name

    @property
    def alive(self) -> bool:
        """Whether it is going on."""
        return self.state in ("waiting", "running")

    @property
    def subject(self) -> Command:
        """What the work is about: the command up to its first option."""
        return subject_of(self.command)

    @property
    def share(self) -> float:
        """Of the part at work, in [0, 1]."""
        return min(1.0, max(0.0, self.done / self.total)) if self.total > 0 else 0.0

    @property
    def preview(self) -> bytes | None:
        """The pictures as they are now, PNG; None where the work shows none, or shows no more."""
        try:
            return (self.folder / job.PREVIEW).read_bytes()
        except OSError:
            return None


def subject_of(command: Sequence[str]) -> Command:
    """The command up to its first option."""
    first = next((place for place, word in enumerate(command) if word.startswith("--")), len(command))
    return tuple(command[:first])


def start(command: Sequence[str]) -> Job:
    """Begin the work, or join the process that is at it, whoever started that.

    Raises:
        InputError: nothing can be written, or no process started.
    """
    earlier = find(job.folder_of(command).name)
    if earlier is not None and not earlier.alive:
        _wait_for_end(earlier.folder, LEAVE)  # it has said its last word, and may be on its way out
    try:
        with job.beginning(command) as (folder, lock):
            if lock is not None:
                job.write_process(folder, _spawn(folder, command, lock))
    except OSError as error:
        where = error.filename or store.jobs_root()
        raise InputError(f"The work cannot be started: {error.strerror} ({where}).") from error
    return _read(folder) or Job(folder=folder, command=tuple(command), begun=time.time(), state="waiting")


def _spawn(folder: Path, command: Sequence[str], lock: int) -> int:
    """The process, in a session of its own, so that it ends neither with the server nor by Ctrl-C on it."""
    _started[:] = [process for process in _started if process.poll() is None]
    with (folder / job.LOG).open("ab") as log:
        process = subprocess.Popen(
            [*PROGRAM, *command], cwd=store.PROJECT, env=os.environ | store.job_environment(folder),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, pass_fds=(lock,),
        )  # fmt: skip
    _started.append(process)
    return process.pid


def stop(found: Job, by: str = "") -> None:
    """End the process and all that it started, within two seconds; what it kept so far is found again by the next.

    Args:
        found: the job.
        by: who stops it, kept for others who look at it.
    """
    if not job.lives(found.folder):
        return
    with suppress(OSError):  # a full disk keeps nobody from stopping
        store.write_json(found.folder / job.STOPPED, {"by": by})
    pid = job.read(found.folder, job.PROCESS).get("pid")
    if not isinstance(pid, int):
        return
    group = _leads(pid)
    for asked, seconds in ((signal.SIGTERM, GRACE), (signal.SIGKILL, FORCE)):
        with suppress(ProcessLookupError, PermissionError):
            (os.killpg if group else os.kill)(pid, asked)
        _wait_for_end(found.folder, seconds)


def _leads(pid: int) -> bool:
    """Whether it leads a group of processes, which are then its own."""
    try:
        return os.getpgid(pid) == pid
    except ProcessLookupError:
        return False


def _wait_for_end(folder: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while job.lives(folder) and time.monotonic() < deadline:
        time.sleep(PAUSE)


def find(id: str) -> Job | None:
    """A job by its id; None where there is none."""
    return _read(store.jobs_root() / id) if id and Path(id).name == id else None


def jobs(subject: Command | None = None) -> list[Job]:
    """Every job whose folder can be read, or those on one subject, the newest first."""
    folders = [path.parent for path in store.jobs_root().glob(f"*/{job.COMMAND}")]
    if subject is not None:  # what was asked for is read first, as there may be many
        folders = [folder for folder in folders if subject_of(_head(folder)[0]) == subject]
    return sorted(filter(None, map(_read, folders)), key=lambda each: each.begun, reverse=True)


def current(subject: Command) -> Job | None:
    """Of the jobs on one subject the one that goes on, else the newest."""
    found = jobs(subject)
    return next((each for each in found if each.alive), found[0] if found else None)


def _head(folder: Path) -> tuple[Command, float]:
    """The command and when it began; nothing where that cannot be read."""
    said = job.read(folder, job.COMMAND)
    try:
        return tuple(map(str, said["command"])), float(said["begun"])
    except (KeyError, TypeError, ValueError):
        return (), 0.0


def _read(folder: Path) -> Job | None:
    alive = job.lives(folder)  # first: what it says on its way out is then read
    command, begun = _head(folder)
    if not command:
        return None
    said, end = job.read(folder, job.PROGRESS), job.read(folder, job.RESULT)
    state, problem = _state(folder, alive, bool(said), end)
    done, total = (n if isinstance(n := said.get(name), int) else 0 for name in ("done", "total"))
    return Job(
        folder=folder, command=command, begun=begun, state=state, done=done, total=total, problem=problem,
        result=Path(str(end.get("folder", ""))).name, by=str(job.read(folder, job.STOPPED).get("by", "")),
    )  # fmt: skip


def _state(folder: Path, alive: bool, moves: bool, end: dict[str, str]) -> tuple[State, str]:
    """How the work stands, and what went wrong."""
    if "folder" in end:
        return "done", ""
    if (folder / job.STOPPED).exists():
        return "stopped", ""
    if "problem" in end:
        return "failed", str(end["problem"])[:LONGEST]
    if alive:
        return "running" if moves else "waiting", ""
    if shutil.disk_usage(folder).free < NO_ROOM:
        return "failed", f"The disk is full ({folder}): make room, then start this again."
    lines = last_lines(folder)
    if any(line.startswith("Traceback (most recent call last)") for line in lines):
        return "failed", lines[-1][:LONGEST]
    return "killed", KILLED


def last_lines(folder: Path) -> list[str]:
    """What the process wrote last, as printable text; however much it wrote, and whatever."""
    try:
        with (folder / job.LOG).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            text = file.read(TAIL).decode(errors="replace")
    except OSError:
        return []
    lines = (_CONTROL.sub(" ", line).strip() for line in re.split(r"[\r\n]+", text))
    return [line for line in lines if line]
