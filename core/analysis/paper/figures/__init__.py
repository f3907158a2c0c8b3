"""What a reader opens of an item of the paper: the table beside the printed one, or the figure."""

from typing import Any

import plotly.graph_objects as go

from core.analysis.clusters.figures import maps
from core.analysis.drawn import source, write_figures
from core.analysis.experiment import Subject
from core.analysis.page import Section, write_page
from core.analysis.paper.arranged import html, latex, reasons
from core.analysis.paper.compared import READ, compared
from core.analysis.paper.figures.figure5 import figure5
from core.analysis.paper.published import ITEMS
from core.analysis.results import StoredResult
from core.analysis.visualize import figures as visualize
from core.look import LIGHT, Look


def figures(result: StoredResult, look: Look) -> dict[str, go.Figure]:
    """The plotly figures of an item by name, in the paper's arrangement; none of a table, nor of pictures."""
    item = item_of(result)
    if item == "figure5":
        return figure5(result, look)
    return {"maps": maps(result, look)} if item == "figure2" else {}


def write(result: StoredResult, subject: Subject | None = None) -> str | None:
    """Write the files of an item beside its result: tables `compared.csv`, `table.tex`, `figures.html`; else the page
    and the pictures.

    Args:
        result: of the item.
        subject: what it was made on; where it is given, pictures stand beside the images themselves.
    Returns:
        Why there is no PNG, in one sentence; None where there are, or need not be.
    """
    if item_of(result) in READ:
        write_table(result)
    elif "visualization" in result.config:  # pictures, not plotted
        visualize.write(result, subject)
    else:
        return write_figures(result, figures(result, LIGHT))
    return None


def item_of(result: StoredResult) -> str:
    """The table or figure, by its name in `ITEMS`."""
    return str(result.manifest["kind"]).removeprefix("paper-")


def write_table(result: StoredResult) -> None:
    """The cells that are, or may be, this network's: as CSV, LaTeX and a page that opens offline."""
    card, item, folder = result.card, item_of(result), result.folder
    rows = compared(item, {card.name: result}, data=card.data, network=card.network)
    rows = rows[rows["model"] == card.name].reset_index(drop=True)
    rows.to_csv(folder / "compared.csv", index=False, float_format="%.7g")
    about: dict[str, Any] = {"title": f"{ITEMS[item]}: {card.name}", "source": source(result)}
    if rows.empty:
        write_page(folder, **about, sentences=["The paper prints no number of this table for such a network."])
        return
    (folder / "table.tex").write_text(latex(item, rows), encoding="utf-8")
    said = ["Each cell: printed | ours | difference, percent; ours is gray where the network is not the paper's."]
    said += [f"({number}) {why}" for why, number in reasons(rows).items()]
    write_page(folder, **about, sentences=said, sections=[Section(html=html(item, rows, LIGHT))])
