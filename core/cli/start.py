"""What `python -m core start` says: each side's accuracy on many test images, beside its controls.

Its options are the fields of `Survey` in core/analysis/start/experiment.py, as options.py reads them.
"""

from rich.table import Table

from core.analysis.results import StoredResult
from core.cli.command import Command, Said
from core.cli.talk import interval, print_sentences, print_table

COLUMNS = ("alone", "images", "as labeled", "wrong label repeated", "random mask", "random network")


def said(result: StoredResult) -> Said:
    """Each side alone, and what it is compared with."""
    return Said({}, lambda: _show(result))


def _show(result: StoredResult) -> None:
    claims, model = result.summary, result.manifest["model"]["name"]
    title = f"{model}, first {claims['n']} test images, given the true label"
    table = Table(title=title, title_justify="left")
    for column in COLUMNS:
        table.add_column(column)
    for claim in claims["claims"]:
        controls = (claim["controls"][name] for name in ("wrong_label", "random_mask", "random_network"))
        table.add_row(claim["side"], claim["images"], *(interval(found) for found in (claim["measured"], *controls)))
    print_table(table)
    network, spread = claims["network"], claims["robust_fraction"]
    print_sentences(
        [
            f"Whole network: clean {interval(network['clean'])}, attacked {interval(network['attacked'])}.",
            f"Robust channels: {spread['mean']:.1%} on average; none on {interval(claims['empty'])} of the images.",
        ]
    )


COMMAND = Command(counts="images distilled", says=said)
