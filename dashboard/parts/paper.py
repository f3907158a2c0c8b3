"""The paper's tables and figures beside ours: cells, controls, and the essay that the numbers write."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core.analysis.look import Look
from dashboard import cache, charts
from dashboard.catalog import Catalog
from dashboard.parts.chart import chart
from dashboard.parts.data import show_data
from dashboard.words import plain

if TYPE_CHECKING:
    from core.analysis.results import Result

WHERE = {"cifar10": "CIFAR-10", "svhn": "SVHN", "tiny_imagenet": "Tiny-ImageNet", "cifar10 or svhn": "CIFAR-10 or SVHN"}
NETWORKS = {"vgg16": "VGG-16", "wrn28_10": "WRN-28-10", "vgg16 or wrn28_10": "VGG-16 or WRN-28-10"}
EXAMPLES = {"clean": "Clean", "apgd-ce": "AA*"}
SIDES = {"all": "all", "robust": "● robust", "nonrobust": "▲ non-robust", "": ""}
MARKS = {"certain": "", "high": "", "medium": "°", "low": "°°"}


def essay(selected: str, catalog: Catalog, found: Mapping[str, "Result"]) -> None:
    """What reproduces, what does not, and what the controls say, of one network."""
    from core.analysis.paper.essay import conditions, essay

    card = catalog.cards[selected]
    said = essay(card, found)
    st.caption(plain(conditions(card, next(iter(found.values()))), most=1000))
    columns = st.columns(2, gap="large")
    for i, paragraph in enumerate(said):
        with columns[i % 2]:
            st.markdown(f"**{plain(paragraph.heading)}.** {plain(paragraph.text, most=2000)}")
            st.caption(f"`{paragraph.command}`")


def table(item: str, data: str, network: str, catalog: Catalog, results: Mapping[str, "Result"]) -> None:
    """The cells of one table for a data set and network: published, ours, difference; and why, in words."""
    from core.analysis.paper.published import compared

    rows = compared(item, catalog.cards, results)
    rows = rows[rows["data"].str.contains(data) & rows["network"].str.contains(network)].reset_index(drop=True)
    reasons = {why: i + 1 for i, why in enumerate(dict.fromkeys(rows["why"]))}
    shown = rows.assign(cell=[_cell(row, reasons) for row in rows.to_dict("records")])
    st.markdown(f"Each cell: **published | ours | difference**, percent. {_legend(shown)}")
    st.table(_pivot(item, shown))
    for why, number in reasons.items():
        st.caption(f"({number}) {plain(why, most=600)}")
    notes = dict.fromkeys(note for note in rows["note"] if note)
    for note in notes:
        st.caption(f"Of the paper: {plain(note)}")
    with st.container(horizontal=True, gap="small"):
        show_data(rows.set_index(["data", "network", "defense", "example", "side"]), f"paper_{item}")
        st.download_button(
            "LaTeX", data=lambda: _latex(item, shown), file_name=f"{item}-{data}-{network}.tex", key=f"latex_{item}",
            on_click="ignore", type="tertiary",
        )  # fmt: skip


def _cell(row: dict[str, Any], reasons: dict[str, int]) -> str:
    """One cell as text; the number in brackets leads to the reason under the table."""
    printed = f"{row['percent']:.1f}{MARKS[row['confidence']]}"
    if row["ours"] != row["ours"]:
        return f"{printed} | none ({reasons[row['why']]})"
    return f"{printed} | {row['ours']:.1f} | {row['difference']:+.1f} ({reasons[row['why']]})"


def _legend(rows: pd.DataFrame) -> str:
    marked = set(rows["confidence"]) & {"medium", "low"}
    said = ["A number in brackets leads to what differs, or why ours is missing."]
    if marked:
        said.append("° or °°: the extraction of the paper's table leaves some or much doubt about the cell.")
    if "apgd-ce" in set(rows["example"]):
        said.append("AA*: the column is called AutoAttack there; it is APGD with cross-entropy.")
    return " ".join(said)


def _pivot(item: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The paper's arrangement: examples down and sides across, or defenses down and attacks across."""
    named = rows.assign(
        example=[EXAMPLES.get(name, name.upper()) for name in rows["example"]],
        side=[SIDES.get(name, name) for name in rows["side"]],
        defense=rows["defense"].str.upper(),
    )
    down, across = {"table1": ("example", "side"), "table2": ("side", "example")}.get(item, ("defense", "example"))
    found = named.pivot_table(index=down, columns=across, values="cell", aggfunc="first", sort=False)
    found.columns.name = None
    return found.rename_axis(None)


def _latex(item: str, rows: pd.DataFrame) -> bytes:
    return _pivot(item, rows).replace({"°": r"$^\\circ$"}, regex=True).to_latex(escape=False).encode()


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


def results_of(item: str, catalog: Catalog) -> "dict[str, Result]":
    """The paper's results of one item by model, for the weights that are here."""
    found = {}
    for name, card in catalog.cards.items():
        if (result := cache.stored_result(f"paper/{item}", name, card.sha256)) is not None:
            found[name] = result
    return found
