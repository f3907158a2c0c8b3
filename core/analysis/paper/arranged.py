"""A table in the paper's own arrangement, each cell with the printed number, ours and the difference. No torch."""

from html import escape
from typing import Any

import pandas as pd

from core.analysis.look import Look

DATA = {"cifar10": "CIFAR-10", "svhn": "SVHN", "tiny_imagenet": "Tiny-ImageNet"}
NETWORKS = {"vgg16": "VGG-16", "wrn28_10": "WRN-28-10"}
EXAMPLES = {"clean": "Clean", "apgd-ce": "AA*"}
SIDES = {"": "", "all": "all", "robust": "robust", "nonrobust": "non-robust"}
SHAPES = {"robust": "● robust", "nonrobust": "▲ non-robust"}  # for the eye
MARKS = {"certain": "", "high": "", "medium": "°", "low": "°°"}
DOWN_AND_ACROSS = {"table1": ("example", "side"), "table2": ("side", "example")}
USUAL = ("defense", "example")  # of Tables 3 and 4
DECIMALS = {"table1": 2, "table2": 2}  # as printed; 1 elsewhere
Cell = dict[str, Any]  # a row of core.analysis.paper.published.compared


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

    Everything that came from outside is escaped.
    """
    grid, cells, numbers = arranged(item, rows), rows.to_dict("records"), reasons(rows)
    head = "".join(f"<th scope='col'>{escape(title(name, SHAPES | {'all': 'all'}))}</th>" for name in grid.columns)
    body = "".join(
        f"<tr><th scope='row'>{escape(title(name))}</th>"
        + "".join("<td></td>" if at != at else _html_cell(item, cells[int(at)], numbers) for at in line)
        + "</tr>"
        for name, line in zip(grid.index, grid.to_numpy(), strict=True)
    )
    return f"{_style(look)}<div class='printed-ours'><table><thead><tr><th></th>{head}</tr></thead>{body}</table></div>"


def _printed(item: str, cell: Cell) -> str:
    return f"{cell['percent']:.{DECIMALS.get(item, 1)}f}{MARKS[cell['confidence']]}"


def _html_cell(item: str, cell: Cell, numbers: dict[str, int]) -> str:
    why, printed = escape(cell["why"], quote=True), _printed(item, cell)
    if cell["ours"] != cell["ours"]:
        ours = "<i>none</i>"
    else:
        kind = "other" if cell["differs"] else "same"
        ours = f"<b class='{kind}'>{cell['ours']:.1f}</b> | {_signed(cell['difference'])}"
    return f"<td title='{why}'>{printed} | {ours}<sup>{numbers[cell['why']]}</sup></td>"


def _style(look: Look) -> str:
    return (
        "<style>.printed-ours{overflow-x:auto}.printed-ours table{border-collapse:separate;border-spacing:0;"
        "font-variant-numeric:tabular-nums;"
        f"font-size:{look.size + 1}px;color:{look.text}}}.printed-ours :is(td,th){{padding:.35em .8em;"
        f"text-align:right;white-space:nowrap;border-bottom:1px solid {look.faint}}}.printed-ours th:first-child"
        f"{{text-align:left;position:sticky;left:0;background:{look.background}}}.printed-ours .other"
        f"{{color:{look.muted};font-weight:500}}.printed-ours sup{{color:{look.muted};margin-left:.2em}}"
        f".printed-ours i{{color:{look.muted}}}</style>"
    )


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
