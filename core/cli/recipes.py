"""`python -m core recipes`: the table of the trainings that have a name, with the cost of each."""

from pathlib import Path
from typing import Any

import tyro
from rich.table import Table
from rich.text import Text

from core.analysis.paper.published import RELEASED, published
from core.cli.data import is_ready, state_of
from core.cli.dry_run import digits
from core.cli.talk import print_json, print_table
from core.config import to_dict
from core.device import Place
from core.training.cells import Cell, read_cells
from core.training.cost import cost_of

TABLE = "table3"  # of the paper: accuracy of every cell, clean and under each attack
PRINTED = ("clean", "pgd")


@tyro.conf.configure(tyro.conf.FlagCreatePairsOff)
def run(*, root: Path | None = None, json: bool = False) -> None:
    """List the trainings that have a name: the eighteen of the paper, and those that two CPU cores can do.

    The cost is counted in multiplications and additions, of training and the attack inside; accuracies are the paper's.
    The table is core/training/cells.csv: a new row is a new cell.

    python -m core train --cell shapes-vgg16-adv

    python -m core train --cell paper-cifar10-vgg16-adv --dry-run

    Args:
        root: folder of the data sets; by default FEATURE_SIEVE_DATA, else data/ in the project.
        json: print one JSON object, with the command of every row.
    """
    printed = _printed()
    rows = [_row(cell, printed, root) for cell in read_cells().values()]
    if json:
        print_json({"cells": rows})
    else:
        print_table(_table(rows))


def _row(cell: Cell, printed: dict[tuple[str, ...], float], root: Path | None) -> dict[str, Any]:
    """What the table says of one cell; nothing is loaded."""
    settings, training = cell.settings, cell.settings.training(Place())
    cost = cost_of(training, settings.classes, root)
    key = (training.data, training.network, training.defense.removesuffix(RELEASED))
    percents = {f"printed_{example}": printed.get((*key, example)) for example in PRINTED}
    return {
        "name": cell.name,
        "source": cell.source,
        "data": training.data,
        "classes": cost.classes,
        "network": training.network,
        "width": training.width,
        "defense": training.defense,
        "epochs": training.recipe.epochs,
        "at_hand": is_ready(training.data, root, settings.classes),
        "state": state_of(training.data, root, settings.classes),
        **(percents if cell.source == "paper" else dict.fromkeys(percents)),
        "cost": to_dict(cost),
        "total_flops": cost.total_flops,
        "command": settings.command,
    }


def _printed() -> dict[tuple[str, ...], float]:
    """The paper's accuracies, percent, by data set, network, defense and example."""
    rows = published(TABLE).to_dict("records")
    return {(row["data"], row["network"], row["defense"], row["example"]): row["percent"] for row in rows}


def _table(rows: list[dict[str, Any]]) -> Table:
    train = "python -m core train --cell NAME trains one; --dry-run says first what that takes here."
    table = Table(caption=f"{train} Clean and PGD: the paper's, percent.", caption_justify="left")
    table.add_column("cell", no_wrap=True)
    table.add_column("defense", no_wrap=True)
    for column in ("width", "epochs", "million weights", "PFLOP", "clean", "PGD"):
        table.add_column(column, justify="right")
    table.add_column("data")
    for row in rows:
        numbers = (f"{row['width']:g}", str(row["epochs"]), f"{row['cost']['parameters'] / 1e6:.3g}")
        printed = (_or_nothing(row[f"printed_{example}"]) for example in PRINTED)
        here = "at hand" if row["at_hand"] else "missing"
        cells = (row["name"], row["defense"], *numbers, digits(row["total_flops"] / 1e15), *printed, here)
        table.add_row(*map(Text, cells))
    return table


def _or_nothing(percent: float | None) -> str:
    return "" if percent is None else f"{percent:g}"
