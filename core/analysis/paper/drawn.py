"""What a reader opens of an item: the table beside the printed one, or the figure. Imports plotly."""

from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from core.analysis.drawn import figures, source, write_figures
from core.analysis.experiment import Experiment
from core.analysis.page import Section, write_page
from core.analysis.paper.arranged import html, latex, reasons
from core.analysis.paper.compared import READ, compared
from core.analysis.paper.figures.figure5 import figure5
from core.analysis.paper.items import MAKERS, Setting
from core.analysis.paper.published import ITEMS
from core.analysis.results import StoredResult
from core.analysis.visualize.experiment import FeaturePictures
from core.analysis.visualize.gallery import Gallery
from core.analysis.visualize.sheets import given_images, write_sheets
from core.look import LIGHT, Look


def write(item: str, folder: Path, result: StoredResult, experiment: Experiment, setting: Setting) -> str | None:
    """Write the files of one item: tables `compared.csv`, `table.tex`, `figures.html`; figures `figures.html`, PNG.

    Args:
        item: a key of `ITEMS`.
        folder: where they go.
        result: of the experiment.
        experiment, setting: what made it, on what.
    Returns:
        Why there is no PNG, in one sentence; None where there are, or need not be.
    """
    if item in READ:
        write_table(item, folder, result)
    elif isinstance(experiment, FeaturePictures):
        write_sheets(folder, Gallery(result.folder), given_images(experiment, setting.model, setting.data))
    else:
        return write_figures(result, drawn(item, result, LIGHT))
    return None


def write_table(item: str, folder: Path, result: StoredResult) -> None:
    """The cells that are, or may be, this network's: as CSV, LaTeX and a page that opens offline."""
    card = result.card
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


def drawn(item: str, result: StoredResult, look: Look) -> dict[str, go.Figure]:
    """The plotly figures of one item, in the paper's arrangement; not of those that are pictures."""
    if item == "figure5":
        return figure5(result, look)
    return {name: fig for name, fig in figures(MAKERS[item].base, result, look).items() if name != "multiples"}
