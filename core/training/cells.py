"""The table of recipes: every network of the paper, and those that two CPU cores train, each a row of `cells.csv`.

A row's name is the name of the model that it makes. Its other columns are options of `python -m core train`; an empty
one is left to the recipe. `source` is "paper" for the cells of the paper's tables (recipe, TRADES and MART of its
released code; full width, all classes) and "here" for the small ones.
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_type_hints

from core.config import from_dict
from core.errors import InputError
from core.training.settings import Settings

FILE = Path(__file__).with_name("cells.csv")
FREE = ("precision", "compile")  # may be said of a cell, and its model still bears the cell's name


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One row of the table.

    Args:
        name: of the cell and of its model.
        source: "paper" or "here".
        settings: of the training.
    """

    name: str
    source: str
    settings: Settings


def read_cells(file: Path = FILE) -> dict[str, Cell]:
    """The cells by name, in the order of the table.

    Raises:
        InputError: a name that is there twice, or a value that its column does not take.
    """
    with file.open(encoding="utf-8", newline="") as lines:
        cells = [_cell(row) for row in csv.DictReader(lines)]
    found = {cell.name: cell for cell in cells}
    if len(found) < len(cells):
        raise InputError(f"Every cell of {file.name} needs a name of its own; {len(cells) - len(found)} are taken.")
    return found


def find_cell(name: str) -> Cell:
    """A cell by name.

    Raises:
        InputError: unknown name, with the nearest ones.
    """
    cells = read_cells()
    if name not in cells:
        near = get_close_matches(name, cells, n=3, cutoff=0.4)
        hint = f" near are {', '.join(near)};" if near else ""
        raise InputError(f"Unknown cell {name[:80]!r};{hint} `python -m core recipes` lists all {len(cells)}.")
    return cells[name]


def settle(cell: str | None, said: Mapping[str, Any]) -> Settings:
    """The settings of a training from a cell's name or a data set, and what else is said, which counts more.

    The model bears the cell's name if nothing of the cell is changed but how fast it computes.

    Args:
        cell: its name; None starts from the defaults.
        said: fields of `Settings` by name, and others, which are left out; None, and False of a flag, is not said.
    Raises:
        InputError: both a cell and a data set, or neither; an unknown cell; a name that no model may have.
    """
    said = {
        field.name: said[field.name]
        for field in fields(Settings)
        if said.get(field.name) is not None and not (field.default is False and said[field.name] is False)
    }
    if (cell is None) == ("data" not in said):
        came = "neither" if cell is None else "both"
        raise InputError(f"Expected --data or --cell, got {came}; `python -m core recipes` lists the cells.")
    if cell is None:
        return Settings(**said)
    row = find_cell(cell).settings
    settings = replace(row, **said)
    same = replace(settings, **{name: getattr(row, name) for name in FREE}) == row
    return settings if same or "name" in said else replace(settings, name=None)


def _cell(row: dict[str, str]) -> Cell:
    name, source = row.pop("name"), row.pop("source")
    try:
        settings = from_dict(Settings, {column: _value(column, text) for column, text in row.items() if text})
    except (ValueError, TypeError) as error:
        raise InputError(f"Row {name!r} of {FILE.name}: {error}") from error
    return Cell(name=name, source=source, settings=settings if settings.model == name else replace(settings, name=name))


def _value(column: str, text: str) -> Any:
    """A number or true as JSON writes them; the columns that hold words as they are."""
    hint = get_type_hints(Settings).get(column)
    return text if hint is str or str in get_args(hint) else json.loads(text)
