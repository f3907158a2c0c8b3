"""The paper's tables beside ours: cells, reasons, controls."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from core.analysis.look import Look
from dashboard import cache, charts
from dashboard.parts.chart import chart
from dashboard.parts.data import show_data
from dashboard.words import plain

if TYPE_CHECKING:
    from core.analysis.results import Result

Results = Mapping[str, "Result"]  # by model
LEGEND = (
    "Each cell: **published | ours | difference**, percent. Ours is gray where the network is not the paper's; the "
    "small number leads to what differs, or to why ours is missing."
)
MARKED = "° or °°: the text of the printed table leaves some or much doubt about what stands in this cell."
COLUMNS = "Which printed column belongs to which network is not known: ours stands beside each that may be its own."
AA = "AA*: printed as AutoAttack; it is APGD with cross-entropy, and so is ours."


def table(item: str, data: str, network: str, results: Results, prefer: str, look: Look) -> list[str]:
    """The cells of one table for a data set and network: published, ours, difference; and why, in words.

    Returns:
        Our networks in it.
    """
    from core.analysis.paper.arranged import html, latex, reasons
    from core.analysis.paper.published import compared

    rows = compared(item, results, data=data, network=network, prefer=prefer)
    st.markdown(LEGEND)
    st.html(html(item, rows, look))
    marked, known = set(rows["confidence"]) & {"medium", "low"}, set(rows["example"])
    for said in (MARKED if marked else "", COLUMNS if item == "table2" else "", AA if "apgd-ce" in known else ""):
        if said:
            st.caption(said)
    for why, number in reasons(rows).items():
        st.caption(f"{number}: {plain(why, most=600)}.")
    for note in dict.fromkeys(note for note in rows["note"] if note):
        st.caption(f"Of the printed table: {plain(note)}.")
    with st.container(horizontal=True, gap="small"):
        show_data(rows.set_index(["data", "network", "defense", "example", "side"]), f"paper_{item}")
        st.download_button(
            "LaTeX", data=lambda: latex(item, rows).encode(), file_name=f"{item}-{data}-{network}.tex",
            key=f"latex_{item}", on_click="ignore", type="tertiary",
        )  # fmt: skip
    shown = [name for name in dict.fromkeys(rows["model"]) if name]
    remake(item, [results[name] for name in shown])
    return shown


def remake(item: str, results: "list[Result]") -> None:
    """The commands that make these results of `python -m core paper` again, and first the weights that are not here."""
    from core.analysis.paper.essay import commands

    if not results:
        return
    here = cache.catalog().cards
    away = [result.card for result in results if result.card.name not in here]
    st.caption("Made by" + (f"; not here are the weights of {plain(', '.join(c.name for c in away))}" if away else ""))
    st.code("\n".join([*(card.command for card in away), *commands(item, *results)]), language="bash", wrap_lines=True)


def controls(item: str, result: "Result", look: Look) -> None:
    """What tests the reading of Tables 1 and 2: the same shares for splits from other sources."""
    rows = result.table("cells")
    if item == "table1":
        st.subheader("The same table, the split made from something else", anchor="controls")
        st.markdown(
            "How often the robust channels alone say the true label, and how often the label that was supplied."
        )
        said = charts.sources(rows[rows["tolerance"] == "image"], result.summary["sources"], look)
        alt = "For each source of the split, how often the robust channels say the true and the supplied label."
        chart(said, "paper_sources", alt, rows.set_index(["tolerance", "source", "example", "side", "against"]))
        masks = result.table("masks")
        st.caption("Both thresholds, T of the image and T of the batch of 100, are in the table under the chart.")
        show_data(masks.set_index(["tolerance", "source"]), "paper_masks")
        return
    st.subheader("The same agreement for other masks", anchor="controls")
    table = rows[rows["n"] > 0].assign(share=lambda t: [f"{100 * v:.1f} %" for v in t["value"]])
    keys = ["tolerance", "counted", "source"]
    st.table(table.pivot_table(index=keys, columns="attack", values="share", aggfunc="first", sort=False))
    show_data(rows.set_index([*keys, "attack"]), "paper_agreement")
