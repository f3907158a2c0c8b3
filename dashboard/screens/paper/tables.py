"""The paper's tables beside ours: cells, reasons, controls."""

from collections.abc import Mapping

import streamlit as st
from pandas import DataFrame

from core.analysis.paper.arranged import html, latex, reasons
from core.analysis.paper.compared import compared
from core.analysis.paper.figures import source_marks
from core.analysis.paper.findings import commands
from core.analysis.paper.published import names
from core.analysis.paper.sources import SOURCES
from core.analysis.results import StoredResult
from core.look import Look
from dashboard.answers import at_hand
from dashboard.shared.chart import chart
from dashboard.shared.command import command_line
from dashboard.shared.table import show_data
from dashboard.shared.words import plain

Results = Mapping[str, StoredResult]  # by model
SAID = {
    "table1": "Table 1: how often all, the robust alone and the non-robust alone channels of an image say its true "
    "label, which the split was given; clean and attacked.",
    "table2": "Table 2: of the images that an attack turned, how often the non-robust channels alone say the same "
    "wrong class as the whole network.",
    "table3": "Table 3: accuracy of networks of three defenses, on clean images and under seven attacks.",
    "table4": "Table 4: accuracy under the paper's own attacks, which make the gradient on the non-robust channels "
    "large (NRF) or small (NRF2), or that on the robust ones (RF, RF2).",
}
LEGEND = (
    "Each cell: **published | ours | difference**, percent. Ours is gray where the network is not the paper's; the "
    "small number leads to what differs, or to why ours is missing."
)
MARKED = "° or °°: the text of the printed table leaves some or much doubt about what stands in this cell."
COLUMNS = "Which printed column belongs to which network is not known: ours stands beside each that may be its own."
AA = "AA*: printed as AutoAttack; it is APGD with cross-entropy, and so is ours."
SPLITS = {"true": "the true label", "random": "the same number at random", "wrong": "a wrong label"}


def table(item: str, data: str, network: str, results: Results, prefer: str, look: Look) -> list[str]:
    """The cells of one table for a data set and network: published, ours, difference; and why, in words.

    Returns:
        Our networks in it.
    """
    rows = compared(item, results, data=data, network=network, prefer=prefer)
    st.markdown(SAID[item])
    st.caption(LEGEND)
    st.html(html(item, rows, look))
    st.caption("  \n".join(plain(line, most=600) for line in notes(item, rows)))
    with st.container(horizontal=True, gap="small"):
        show_data(rows.set_index(["data", "network", "defense", "example", "side"]), f"paper_{item}")
        st.download_button(
            "LaTeX", data=lambda: latex(item, rows).encode(), file_name=f"{item}-{data}-{network}.tex",
            key=f"latex_{item}", on_click="ignore", type="tertiary",
        )  # fmt: skip
    shown = [name for name in dict.fromkeys(rows["model"]) if name]
    if shown:
        remake(item, [results[name] for name in shown])
    else:
        st.caption(
            "Nothing of ours stands here yet; these train the paper's network and fill its cells. With `--dry-run` the "
            "first only says what it costs."
        )
        cell = f"paper-{data}-{network}-{names('defense')[0]}"
        made = f"python -m core train --cell {cell}\npython -m core paper {item} --models {cell} --n 500"
        command_line(made)
    return shown


def notes(item: str, rows: DataFrame) -> list[str]:
    """What has to be known of the cells: marks, numbered reasons, and what is odd about the printed table."""
    told = [f"{number}: {why}." for why, number in reasons(rows).items()]
    told += [MARKED] * bool(set(rows["confidence"]) & {"medium", "low"})
    if item == "table2":
        return [*told, COLUMNS]
    swapped = rows["example"] == "apgd-ce"
    told += [f"Of the printed table: {note}." for note in dict.fromkeys(rows[~swapped]["note"]) if note]
    return told + [AA] * bool(swapped.any())


def remake(item: str, results: list[StoredResult]) -> None:
    """The commands that make these results of `python -m core paper` again, and first the weights that are not here."""
    here = at_hand.catalog().cards
    away = [result.card for result in results if result.card.name not in here]
    first = f"; first the weights of {plain(', '.join(card.name for card in away))}, which are not here" if away else ""
    st.caption(f"These commands make ours again{first}:")
    command_line("\n".join([*(card.command for card in away), *commands(item, *results)]))


def controls(item: str, result: StoredResult, look: Look) -> None:
    """What tests the reading of Tables 1 and 2: the same shares for splits from other sources."""
    rows, on = result.table("cells"), f"{plain(result.card.name)}, first {result.summary['n']} test images"
    if item == "table1":
        st.subheader("Control: the split made from something else", anchor="controls")
        st.markdown(
            f"How often the robust channels alone say the true label, and how often the one that was given: {on}."
        )
        said = source_marks.sources(rows[rows["tolerance"] == "image"], {**result.summary["sources"], **SOURCES}, look)
        alt = "For each source of the split, how often the robust channels say the true label and the one given."
        chart(said, "paper_sources", alt, rows.set_index(["tolerance", "source", "example", "side", "against"]))
        st.caption("How large each split is, for both thresholds, T of the image and T of the batch of 100:")
        show_data(result.table("masks").set_index(["tolerance", "source"]), "paper_masks")
        return
    st.subheader("Control: the same agreement for other splits", anchor="controls")
    st.markdown(f"Percent of the images counted, for non-robust channels from three splits and two thresholds T: {on}.")
    keys = ["T of", "counted", "split"]
    table = rows[rows["n"] > 0].assign(
        share=lambda t: [f"{100 * v:.1f}" for v in t["value"]],
        split=lambda t: t["source"].map(SPLITS),
        attack=lambda t: t["attack"].str.upper(),
    )
    table = table.rename(columns={"tolerance": keys[0]})
    st.table(table.pivot_table(index=keys, columns="attack", values="share", aggfunc="first", sort=False))
    show_data(rows.set_index(["tolerance", "counted", "source", "attack"]), "paper_agreement")
