"""What commands say: results on standard output, all talk and progress bars on standard error."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from core.types import OnStep

console = Console(stderr=True)


def print_json(data: Any) -> None:
    """One JSON object on standard output and nothing else."""
    json.dump(data, sys.stdout, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def print_table(table: Table) -> None:
    """A table on standard output, in a hundred and twenty columns where there is no terminal to fit it to."""
    Console(width=None if sys.stdout.isatty() else 120).print(table)


@contextmanager
def progress(what: str) -> Iterator[OnStep]:
    """A bar on standard error; yields the `on_step(done, total)` that moves it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
