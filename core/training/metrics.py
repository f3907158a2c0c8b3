"""The record of a training: one row of numbers a step, in a CSV that can be read while it grows."""

import csv
import io
from pathlib import Path

from core import store

Row = dict[str, float]


class MetricsLog:
    """Appends rows to a CSV. Rows of an earlier, interrupted training from the first new step on are dropped.

    Args:
        path: of the file; its first column is `step`.
        source: the log of the earlier training; None is the file itself.
    """

    def __init__(self, path: Path, source: Path | None = None) -> None:
        self.path, self.source = path, source or path
        self.begun = False

    def append(self, row: Row) -> None:
        """Add one row; every row must have the columns of the first."""
        if not self.begun:
            self._begin(row)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(_line([f"{value:.7g}" for value in row.values()]))

    def _begin(self, row: Row) -> None:
        kept = [earlier for earlier in read_metrics(self.source) if earlier["step"] < row["step"]]
        lines = [_line(list(row)), *(_line([f"{value:.7g}" for value in earlier.values()]) for earlier in kept)]
        with store.writing(self.path) as temporary:
            temporary.write_text("".join(lines), encoding="utf-8")
        self.begun = True


def read_metrics(path: Path) -> list[Row]:
    """The whole rows of a log; a last row cut short by a crash is left out. No file is no rows."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if None not in row and all(row.values())]
    return [{name: float(value) for name, value in row.items()} for row in rows]


def _line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
