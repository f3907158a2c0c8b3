"""What commands say: results on standard output, all talk and progress bars on standard error."""

import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from core import job, store
from core.types import OnStep

if TYPE_CHECKING:
    from pandas import DataFrame

console = Console(stderr=True)
PAUSE = 0.2  # seconds from one written progress to the next


def print_json(data: Any) -> None:
    """One JSON object on standard output and nothing else."""
    json.dump(data, sys.stdout, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def print_table(table: Table) -> None:
    """A table on standard output, in a hundred and twenty columns where there is no terminal to fit it to."""
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def print_sentences(sentences: Iterable[str]) -> None:
    """A line each, on standard output."""
    out = Console()
    for sentence in sentences:
        out.print(Text(sentence))


def interval(measured: Mapping[str, Any]) -> str:
    """A fraction with its 95 % interval: `value`, `low` and `high`."""
    return f"{measured['value']:.3f} ({measured['low']:.3f}-{measured['high']:.3f})"


def plain_rows(table: "DataFrame") -> list[dict[str, Any]]:
    """The rows of a table as JSON data; what is no number is null."""
    return table.astype(object).where(table.notna(), None).to_dict("records")


@contextmanager
def progress(what: str) -> Iterator[OnStep]:
    """A bar on standard error, and a file where this is a job; yields the `on_step(done, total)` that moves them."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    folder = store.job_folder()
    write = None if folder is None else _writer(folder, what)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)

        def on_step(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            if write is not None:
                write(done, total)

        yield on_step


def _writer(folder: Path, what: str) -> OnStep:
    """Writes the progress, not too often, and the last step always."""
    started, due = time.time(), 0.0

    def write(done: int, total: int) -> None:
        nonlocal due
        if (now := time.monotonic()) >= due or done == total:
            due = now + PAUSE
            job.write_progress(folder, what, done, total, started)

    return write


def write_result(folder: Path | str) -> None:
    """Tell whoever waits for this work where its result lies."""
    if (mine := store.job_folder()) is not None:
        job.write_result(mine, folder=str(folder))
