"""A table in the paper's own arrangement, each cell with the printed number, ours and the difference. No torch."""

from html import escape
from typing import Any

import pandas as pd

from core.look import Look

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


def html(item: str, rows: pd.DataFrame, look: Look) -> str:
    """The table for a page: ours is gray where the network is not the paper's; the reason on hover, and by number.

    Where it is wider than the page, each row stands as a block, one example a line. Everything that came from outside
    is escaped.
    """
    grid, cells, numbers = arranged(item, rows), rows.to_dict("records"), reasons(rows)
    heads = [escape(title(name, SHAPES | {"all": "all"}), quote=True) for name in grid.columns]
    parts = "<em>published</em><em>ours</em><em>difference</em>"
    body = "".join(
        f"<tr><th scope='row'><span>{escape(title(name))}</span>{parts}</th>"
        + "".join(
            "<td></td>" if at != at else _html_cell(item, cells[int(at)], numbers, head)
            for head, at in zip(heads, line, strict=True)
        )
        + "</tr>"
        for name, line in zip(grid.index, grid.to_numpy(), strict=True)
    )
    head = "".join(f"<th scope='col'>{name}</th>" for name in heads)
    table = f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"{_style(look, _width(item, len(heads)))}<div class='printed-ours'>{table}</div>"


def _printed(item: str, cell: Cell) -> str:
    return f"{cell['percent']:.{DECIMALS.get(item, 1)}f}{MARKS[cell['confidence']]}"


def _html_cell(item: str, cell: Cell, numbers: dict[str, int], head: str) -> str:
    why, number = escape(cell["why"], quote=True), f"<sup>{numbers[cell['why']]}</sup>"
    if cell["ours"] != cell["ours"]:
        ours = f"<span class='other'>none{number}</span>"
    else:
        kind = "other" if cell["differs"] else "same"
        ours = f"<b class='{kind}'>{cell['ours']:.1f}</b> <span>{_signed(cell['difference'])}{number}</span>"
    return f"<td title='{why}' data-of='{head}'><span>{_printed(item, cell)}</span> {ours}</td>"


def _width(item: str, columns: int) -> int:
    """What the table takes side by side, in digits: the names of the rows, and three numbers a column."""
    return round(10 + (16.5 + 2 * DECIMALS.get(item, 1)) * columns)


def _style(look: Look, width: int) -> str:
    """Side by side; and, where the page is narrower than `width`, a block a row, as many as fit beside one another."""
    return f"""<style>
.printed-ours {{ container-type: inline-size; overflow-x: auto; font-size: {look.size + 1}px; color: {look.text};
  font-variant-numeric: tabular-nums; }}
.printed-ours table {{ border-collapse: collapse; }}
.printed-ours :is(td, th) {{ padding: .35em .8em; text-align: right; white-space: nowrap; vertical-align: baseline;
  border-bottom: 1px solid {look.faint}; }}
.printed-ours th:first-child {{ text-align: left; }}
.printed-ours td > * + *::before {{ content: "| "; color: {look.muted}; font-weight: 400; }}
.printed-ours :is(.other, em, sup) {{ color: {look.muted}; font-weight: 500; }}
.printed-ours em {{ display: none; font-style: normal; }}
.printed-ours sup {{ margin-left: .2em; line-height: 0; font-weight: 400; }}
@container (max-width: {width}ch) {{
  .printed-ours thead {{ display: none; }}
  .printed-ours :is(table, tbody) {{ display: flex; flex-wrap: wrap; gap: 1.5em 3em; width: 100%; }}
  .printed-ours tr {{ display: grid; grid-template-columns: 1fr repeat(3, auto); flex: 1 1 20em;
    max-width: 26em; }}
  .printed-ours :is(td, th) {{ display: contents; }}
  .printed-ours em {{ display: block; }}
  .printed-ours :is(td, th) > *, .printed-ours td::before {{ padding: .35em 0 .35em 1em;
    border-bottom: 1px solid {look.faint}; }}
  .printed-ours td::before {{ content: attr(data-of); text-align: left; }}
  .printed-ours th > span, .printed-ours td::before {{ padding-left: 0; }}
  .printed-ours td > * + *::before {{ content: none; }}
  .printed-ours td > .other:last-child {{ grid-column: span 2; }}
}}
</style>"""


def _signed(points: float) -> str:
    return f"{points:+.1f}".replace("-", "−")


def _tex_cell(item: str, cell: Cell, numbers: dict[str, int]) -> str:
    printed, number = _printed(item, cell).replace("°", r"$^\circ$"), f"$^{{{numbers[cell['why']]}}}$"
    if cell["ours"] != cell["ours"]:
        return f"{printed} / --{number}"
    ours = f"{cell['ours']:.1f}"
    ours = rf"\textcolor{{gray}}{{{ours}}}" if cell["differs"] else ours
    return f"{printed} / {ours} (${cell['difference']:+.1f}$){number}"


def _tex(text: str) -> str:
    return text.replace("_", r"\_").replace("&", r"\&").replace("%", r"\%")
