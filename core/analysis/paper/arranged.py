"""A table in the paper's own arrangement, each cell with the printed number, ours and the difference. No torch."""

from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from core.analysis.page import rendered
from core.look import Look

TEMPLATE = Path(__file__).with_name("table.html.j2")
EXAMPLES = {"clean": "Clean", "apgd-ce": "AA*"}
SIDES = {"": "", "all": "all", "robust": "robust", "nonrobust": "non-robust"}
SHAPES = {"robust": "● robust", "nonrobust": "▲ non-robust"}  # for the eye
MARKS = {"certain": "", "high": "", "medium": "°", "low": "°°"}
DOWN_AND_ACROSS = {"table1": ("example", "side"), "table2": ("side", "example")}
USUAL = ("defense", "example")  # of Tables 3 and 4
DECIMALS = {"table1": 2, "table2": 2}  # as printed; 1 elsewhere
Cell = dict[str, Any]  # a row of core.analysis.paper.compared.compared


def arranged(item: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Positions in `rows` (of `compared`, one data set and network) as a table: examples or defenses down."""
    down, across = DOWN_AND_ACROSS.get(item, USUAL)
    placed = rows.reset_index(drop=True).assign(position=range(len(rows)))
    grid = placed.pivot_table(index=down, columns=across, values="position", aggfunc="first", sort=False)
    return grid.rename_axis(index=None, columns=None)


def title(name: str, names: dict[str, str] = SIDES) -> str:
    """How a defense, example, side or printed column is written."""
    if name in names:
        return names[name]
    return EXAMPLES.get(name, f"column {name[1:]}" if name[1:].isdigit() else name.upper())


def reasons(rows: pd.DataFrame) -> dict[str, int]:
    """Every `why`, numbered from 1 in the order of the rows."""
    return {why: number for number, why in enumerate(dict.fromkeys(rows["why"]), 1)}


def latex(item: str, rows: pd.DataFrame) -> str:
    """The table for a paper (packages booktabs, xcolor): printed / ours (difference), gray where the network differs.

    The reasons stand in comments, under the numbers that the cells bear.
    """
    grid, cells, numbers = arranged(item, rows), rows.to_dict("records"), reasons(rows)
    head = " & ".join(["", *(_tex(title(name)) for name in grid.columns)])
    body = [
        " & ".join([_tex(title(name)), *("" if at != at else _tex_cell(item, cells[int(at)], numbers) for at in line)])
        for name, line in zip(grid.index, grid.to_numpy(), strict=True)
    ]
    notes = [f"% {number}: {' '.join(why.split())}" for why, number in numbers.items()]
    lines = [r"\begin{tabular}{l" + "r" * grid.shape[1] + "}", r"\toprule", head + r" \\", r"\midrule"]
    lines += [*(line + r" \\" for line in body), r"\bottomrule", r"\end{tabular}"]
    return "\n".join(["% each cell: printed / ours (difference), percent", *notes, *lines, ""])


def html(item: str, rows: pd.DataFrame, look: Look) -> Markup:
    """The table for a page: ours is gray where the network is not the paper's; the reason on hover, and by number."""
    grid, numbers = arranged(item, rows), reasons(rows)
    cells = [_in_words(item, cell, numbers) for cell in rows.to_dict("records")]
    lines = [
        (title(name), [None if at != at else cells[int(at)] for at in line])
        for name, line in zip(grid.index, grid.to_numpy(), strict=True)
    ]
    heads = [title(name, SHAPES | {"all": "all"}) for name in grid.columns]
    return rendered(TEMPLATE, look=look, width=_width(item, len(heads)), heads=heads, lines=lines)


def _printed(item: str, cell: Cell) -> str:
    return f"{cell['percent']:.{DECIMALS.get(item, 1)}f}{MARKS[cell['confidence']]}"


def _in_words(item: str, cell: Cell, numbers: dict[str, int]) -> Cell:
    """A cell as it is written; `ours` is empty where there is none."""
    words = {"printed": _printed(item, cell), "why": cell["why"], "number": numbers[cell["why"]]}
    if cell["ours"] != cell["ours"]:
        return {**words, "ours": ""}
    ours = {"ours": f"{cell['ours']:.1f}", "difference": f"{cell['difference']:+.1f}".replace("-", "−")}
    return {**words, **ours, "differs": cell["differs"]}


def _width(item: str, columns: int) -> int:
    """What the table takes side by side, in digits: the names of the rows, and three numbers a column."""
    return round(10 + (16.5 + 2 * DECIMALS.get(item, 1)) * columns)


def _tex_cell(item: str, cell: Cell, numbers: dict[str, int]) -> str:
    printed, number = _printed(item, cell).replace("°", r"$^\circ$"), f"$^{{{numbers[cell['why']]}}}$"
    if cell["ours"] != cell["ours"]:
        return f"{printed} / --{number}"
    ours = f"{cell['ours']:.1f}"
    ours = rf"\textcolor{{gray}}{{{ours}}}" if cell["differs"] else ours
    return f"{printed} / {ours} (${cell['difference']:+.1f}$){number}"


def _tex(text: str) -> str:
    return text.replace("_", r"\_").replace("&", r"\&").replace("%", r"\%")
