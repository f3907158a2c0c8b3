"""What `python -m core attacks` says: what is left of a network's accuracy under attack, and whether to believe it.

Its options are the fields of `Evaluation` in core/analysis/attacks/experiment.py, as options.py reads them.
"""

from collections.abc import Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from core.analysis.results import StoredResult
from core.cli.command import Command, Said
from core.cli.talk import interval, print_table

Row = dict[str, Any]


def said(result: StoredResult) -> Said:
    """Attacks inside a ball and those that look for the smallest perturbation, apart; and the checks."""
    return Said({}, lambda: _show(result))


def _show(result: StoredResult) -> None:
    made, found, seed = result.manifest, result.summary, result.config["seed"]
    title = f"{made['model']['name']} on the first {found['n']} test images of {made['data']['name']}"
    if bounded := found["bounded"]:
        threat = f"{bounded[0]['norm']} {bounded[0]['epsilon']:g}"
        _print_attacks(f"{title}, {threat}, seed {seed}", bounded, found)
    if found["minimal_norm"]:
        _print_attacks(f"{title}, smallest perturbations found, seed {seed}", found["minimal_norm"], found)
    if found["diagnostics"] is not None:
        _print_diagnostics(found["diagnostics"])


def _print_attacks(title: str, rows: Sequence[Row], found: dict[str, Any]) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column("attack", overflow="fold")
    for column in ("steps", "step size"):
        table.add_column(column)
    table.add_column("accuracy (95 %)", no_wrap=True)
    for column in ("L2: median, p90", "L-inf"):
        table.add_column(column)
    for column in ("gradients", "forwards", "seconds"):
        table.add_column(column, justify="right")
    table.add_row("clean", "", "", interval(found["clean"]))
    for row in rows:
        table.add_row(*(Text(cell) for cell in _cells(row)))
    if rows and rows[0]["kind"] == "bounded":
        table.add_row("worst case", "", "", interval(found["worst_case"]))
    print_table(table)


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row["label"],
        f"{row['steps']}" + ("" if row["restarts"] == 1 else f" x {row['restarts']}"),
        "adaptive" if row["step_size"] is None else f"{row['step_size']:.4g}",
        interval(row["accuracy"]),
        _sizes(row["l2"]),
        _sizes(row["linf"]),
        f"{row['gradients']:,}",
        f"{row['forwards']:,}",
        f"{row['seconds']:.1f}",
    )


def _print_diagnostics(checks: Sequence[Row]) -> None:
    table = Table(title="Can these numbers be trusted?", title_justify="left")
    for column in ("check", "", "number", "limit"):
        table.add_column(column, no_wrap=True)
    table.add_column("what it means")
    for check in checks:
        verdict = "flagged" if check["flagged"] else "passed"
        numbers = (f"{check[name]:.3g}" for name in ("number", "threshold"))
        table.add_row(check["name"], verdict, *numbers, Text(check["sentence"]))
    print_table(table)


def _sizes(spread: dict[str, float] | None) -> str:
    return "none turned" if spread is None else f"{spread['median']:.3g}, {spread['p90']:.3g}"


COMMAND = Command(counts="images attacked", says=said)
