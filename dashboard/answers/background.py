"""One thread of the server that computes what may be asked next; whatever anyone asks now comes before it."""

import os
import sys
import threading
from collections.abc import Callable, Sequence

from core.types import OnStep

Task = Callable[[OnStep], object]  # calls its `on_step` often, which ends it where it is no longer wanted
NICE = 10  # of the thread, on a scale from 0 to 19


class GivenUp(Exception):
    """Nobody waits for this any more."""


class Worker:
    """A daemon thread with room for one wish, a few tasks: a new wish takes the place of the old one at once.

    It holds its lock for moments only, and nothing that another thread waits for. A task that fails is left alone: who
    asks for it in earnest is told why.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._tasks: list[Task] = []
        self._wish, self._busy = 0, False
        self._thread: threading.Thread | None = None

    def expect(self, tasks: Sequence[Task]) -> None:
        """Do these next, in order, and give up what is being done."""
        with self._changed:
            self._tasks, self._wish = list(tasks), self._wish + 1
            if tasks and self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="ahead")
                self._thread.start()
            self._changed.notify_all()

    def hush(self) -> None:
        """Give up everything, as somebody asks now."""
        self.expect([])

    def wait(self) -> None:
        """Until nothing is left to do."""
        with self._changed:
            self._changed.wait_for(lambda: not self._tasks and not self._busy)

    def _run(self) -> None:
        if sys.platform == "linux":  # where a thread has a priority of its own
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: bool(self._tasks))
                task, wish, self._busy = self._tasks.pop(0), self._wish, True
            self._do(task, wish)

    def _do(self, task: Task, wish: int) -> None:
        def on_step(done: int, total: int) -> None:
            if wish != self._wish:
                raise GivenUp

        try:
            task(on_step)
        except Exception:  # noqa: BLE001  (given up, or something that is told where it is asked for in earnest)
            return


WORKER = Worker()
