"""What `python -m core attacks-radii` says: accuracy under PGD as the ball grows.

Its options are the fields of `Radii` in core/analysis/attacks/radii.py, as options.py reads them.
"""

from rich.table import Table

from core.analysis.results import StoredResult
from core.cli.command import Command, Said
from core.cli.talk import interval, plain_rows, print_sentences, print_table


def said(result: StoredResult) -> Said:
    """The curve."""
    return Said({"curve": plain_rows(result.table("curve"))}, lambda: _show(result))


def _show(result: StoredResult) -> None:
    title = f"{result.manifest['model']['name']}, first {result.summary['n']} test images, PGD, linf"
    table = Table(title=title, title_justify="left")
    for column in ("factor", "epsilon", "accuracy (95 %)"):
        table.add_column(column)
    for row in result.table("curve").to_dict("records"):
        table.add_row(f"{row['factor']:g}", f"{row['epsilon']:.4g}", interval(row))
    print_table(table)
    print_sentences([result.summary["sentence"]])


COMMAND = Command(counts="images attacked", says=said)
