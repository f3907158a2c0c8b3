"""Accuracy under PGD as the attack grows stronger."""

import pandas as pd
import streamlit as st

from core.analysis.attacks.figures.falling_lines import Line, Marks, falling
from core.analysis.attacks.radii import sentence
from core.analysis.results import StoredResult
from dashboard.answers import stored_results
from dashboard.frame.view import View
from dashboard.shared.chart import chart
from dashboard.shared.command import command_line
from dashboard.shared.table import below
from dashboard.shared.words import plain


def radii(view: View) -> None:
    """The stored curve of the model, that of the model it is compared with, and chance."""
    result, rival = _stored(view, view.selection.model), _stored(view, view.selection.compare)
    if result is None:
        st.markdown("No curve is stored for this network; this command makes one in a minute or so.")
        command_line(f"python -m core attacks-radii {view.selection.model} --n 500")
        return
    summary, config = result.summary, result.config
    said = sentence(result.table("curve"), summary["chance"], config["attack"]["steps"])
    st.markdown(plain(said))
    lines = [Line("this network", _scaled(result), view.look.text, band=True)]
    lines += [] if rival is None else [Line("compared", _scaled(rival), view.look.muted, "dash")]
    at = 255 * config["attack"]["threat"]["epsilon"]
    marks = Marks({"trained for": at}, ("chance", summary["chance"]))
    figure = falling(lines, view.look, "largest change of a pixel, of 255", marks, 18)
    chart(figure, "radii", f"{said} n = {summary['n']}.")
    below(
        f"PGD of {config['attack']['steps']} steps, first {summary['n']} test images, seed {config['seed']}. An attack "
        "that works turns nearly all images once it may change them enough.",
        "radii", {"Show data": result.table("curve").set_index("factor")},
    )  # fmt: skip


def _stored(view: View, name: str) -> StoredResult | None:
    card = view.catalog.cards.get(name)
    return None if card is None else stored_results.stored_result("attacks-radii", name, card.sha256)


def _scaled(result: StoredResult) -> pd.DataFrame:
    table = result.table("curve")
    return table.assign(radius=255 * table["epsilon"])
