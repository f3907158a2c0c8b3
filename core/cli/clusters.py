"""What `python -m core clusters` says: how well classes hang together, in feature space (Fig. 2).

Its options are the fields of `FeatureMaps` in core/analysis/clusters/experiment.py, as options.py reads them.
"""

from rich.table import Table

from core.analysis import drawn
from core.analysis.results import StoredResult
from core.cli.command import Command, Said
from core.cli.talk import plain_rows, print_sentences, print_table

MEASURED = ["purity", "silhouette", "trustworthiness"]


def said(result: StoredResult) -> Said:
    """Purity, silhouette and trustworthiness of every side of every map."""
    return Said({"quality": plain_rows(result.table("quality"))}, lambda: _show(result))


def _show(result: StoredResult) -> None:
    quality, model = result.table("quality"), result.manifest["model"]["name"]
    title = f"{model}, first {result.summary['n']} test images: clean, attacked (purity by chance "
    table = Table(title=f"{title}{quality['chance'].iloc[0]:.3f})", title_justify="left")
    for column in ("map", "features", *MEASURED):
        table.add_column(column)
    for (name, side, by), rows in quality.groupby(["map", "side", "by"], sort=False):
        pair = rows.set_index("images").loc[["clean", "attacked"]]
        figures = (f"{a:.3f}, {b:.3f}" for a, b in pair[MEASURED].T.to_numpy())
        table.add_row(name if by == "true" else f"{name}, as supplied", side.replace("non", "non-"), *figures)
    print_table(table)
    print_sentences(drawn.sentences(result))


COMMAND = Command(counts="batches and maps", says=said)
