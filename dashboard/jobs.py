"""Long work in a process of its own, `python -m dashboard.jobs KIND NAME`: started, watched, stopped anywhere."""

import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from core import store
from core.types import InputError, OnStep


@dataclass
class Job:
    """The download of one data set, or an experiment on one model.

    Args:
        kind: of the work, a key of `WORK`.
        name: of the data set or model.
        done, total: of the part at work; megabytes while it comes in, then files; test images of an experiment.
        problem: why it ended early, one sentence; empty otherwise.
        told: whether everything that the process said was read.
    """

    kind: str
    name: str
    done: int = 0
    total: int = 0
    problem: str = ""
    told: bool = False
    _process: subprocess.Popen[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dashboard.jobs", self.kind, self.name],
            cwd=store.PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        with self._process as process:
            for line in process.stdout or ():
                self.done, self.total = (int(part) for part in line.split())
            said = process.stderr.read().strip().splitlines() if process.stderr else []
        if process.returncode > 0:
            self.problem = said[-1] if said else f"The {self.kind} of {self.name} ended without saying why."
        self.told = True

    @property
    def running(self) -> bool:
        """Whether the process is at work."""
        return self._process.poll() is None

    @property
    def share(self) -> float:
        """Of the part at work, in [0, 1]."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    def cancel(self) -> None:
        """Stop; what a download brought so far is kept and the next one goes on from there."""
        self._process.terminate()
        self._process.wait(timeout=5)


def _fetch(name: str, on_step: OnStep) -> None:
    from core.datasets.fetch import fetch

    fetch(name, on_step=on_step)


def _sweep(name: str, on_step: OnStep) -> None:
    """The sweep that `python -m core sweep NAME` makes."""
    from core.analysis.results import conduct
    from core.analysis.sweep import Sweep
    from core.cli.experiment import attack_of, subject_of
    from core.distillation import Bottleneck

    subject = subject_of(name, None, "auto")
    sweep = Sweep(attack=attack_of("pgd", None, subject.card), bottleneck=Bottleneck(cut=subject.card.cut))
    conduct("sweep", sweep, subject.card, subject.model, subject.data, on_step=on_step)


WORK: dict[str, Callable[[str, OnStep], None]] = {"fetch": _fetch, "sweep": _sweep}


def main(kind: str, name: str) -> int:
    """Do the work: progress on standard output, one line a step; one sentence on standard error if it fails."""
    try:
        WORK[kind](name, lambda done, total: print(done, total, flush=True))
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
