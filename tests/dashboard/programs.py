"""Tiny programs in the place of `python -m core`, and the conditions that tests wait for."""

import sys
import time
from collections.abc import Callable

from dashboard.work import jobs
from dashboard.work.jobs import Job

PATIENCE = 120  # seconds, for a machine with other work; nothing is measured with it
FOREVER = "import time; time.sleep(600)"
ENDS = "from core import job, store; job.write_result(store.job_folder(), folder='runs/sweep/made-1234')"


def program(*lines: str) -> tuple[str, ...]:
    """What takes a command, does these lines and ends."""
    return (sys.executable, "-c", "\n".join(lines))


def half_done(done: int = 200, total: int = 500) -> tuple[str, ...]:
    """Reports progress once and goes on for ever."""
    says = f"job.write_progress(store.job_folder(), 'images', {done}, {total}, 0.0)"
    return program("from core import job, store", says, FOREVER)


def wait_until(holds: Callable[[], object]) -> None:
    """Look again and again; fail after a long time."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.02)


def seen(job: Job) -> Job:
    """The job as it stands now."""
    found = jobs.find(job.id)
    assert found is not None
    return found


def ended(job: Job) -> Job:
    """The job after its process has gone."""
    wait_until(lambda: not seen(job).alive)
    return seen(job)


def moving(job: Job) -> Job:
    """The job once it has reported progress."""
    wait_until(lambda: seen(job).state != "waiting")
    return seen(job)
