"""Long work in a process of its own, `python -m dashboard.jobs NAME`: started, watched, stopped from any session."""

import subprocess
import sys
import threading
from dataclasses import dataclass, field

from core import store


@dataclass
class Fetch:
    """The download of one data set.

    Args:
        name: of the data set.
        done, total: of the part at work; megabytes while it comes in, then files.
        problem: why it ended early, one sentence; empty otherwise.
        told: whether everything that the process said was read.
    """

    name: str
    done: int = 0
    total: int = 0
    problem: str = ""
    told: bool = False
    _process: subprocess.Popen[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dashboard.jobs", self.name],
            cwd=store.PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        with self._process as process:
            for line in process.stdout or ():
                self.done, self.total = (int(part) for part in line.split())
            said = process.stderr.read().strip().splitlines() if process.stderr else []
        if process.returncode > 0:
            self.problem = said[-1] if said else "The download ended without saying why."
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
        """Stop; what came in so far is kept and the next download goes on from there."""
        self._process.terminate()
        self._process.wait(timeout=5)


def main(name: str) -> int:
    """Fetch a data set: progress on standard output, one line a step; one sentence on standard error if it fails."""
    from core.datasets.fetch import fetch
    from core.types import InputError

    try:
        fetch(name, on_step=lambda done, total: print(done, total, flush=True))
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
