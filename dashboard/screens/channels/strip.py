"""The finding: which channel is robust for which class, as a strip to click, and one of it in words."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.channels import findings
from core.analysis.channels.figures.class_strip import class_strip
from core.analysis.results import StoredResult
from core.look import percent
from dashboard.answers import stored_results
from dashboard.frame.view import View
from dashboard.selection import session
from dashboard.selection.address import to_parameters
from dashboard.selection.state import Selection
from dashboard.shared.chart import chart
from dashboard.shared.claim import answer, doubt, note
from dashboard.shared.table import show_data
from dashboard.shared.words import plain

NAMED = 3  # classes of one channel
LISTED = 12  # channels of one class
HOW = (
    "Color: the share of a class's images in which a channel is robust, given the true label; *for* a class: in at "
    f"least {percent(findings.OFTEN)}."
)


def draw(view: View) -> None:
    """The answer, the strip with what chooses from it, and the doubt."""
    result, classes = view.result, view.result.table("classes")
    answer(findings.answer(classes))
    label = label_of(view.selection)
    figure = class_strip(result, view.look, view.selection.channel, -1 if label is None else label)
    alt = f"Heat map of classes by channels. {findings.answer(classes).replace('**', '')}"
    chart(figure, "classes", alt, on_select=_picked, selection_mode="points")
    if not view.presenting:
        _choices(view, classes)
    note(_words(view, classes))
    doubt(findings.doubt(result.summary, _repeated(result)))


def label_of(selection: Selection) -> int | None:
    """The class that is chosen; None for all."""
    return int(selection.over) if selection.over.isdigit() else None


def _picked() -> None:
    points = st.session_state["classes"]["selection"]["points"]
    if points:
        session.choose(channel=int(points[0]["customdata"]))


def _choices(view: View, classes: pd.DataFrame) -> None:
    """One class and one channel by name, for who does not click; the numbers."""
    names, selection = view.result.manifest["class_names"], view.selection
    order = view.result.table("channels")["robust_share"].argsort().to_numpy()[::-1].tolist()
    with st.container(key="strip_choices", horizontal=True, vertical_alignment="center", gap="small"):
        if view.controls:
            label = label_of(selection)
            st.selectbox(
                "Class", ["set", *map(str, range(len(names)))], label_visibility="collapsed", width=180,
                format_func=lambda k: "every class" if k == "set" else names[int(k)],
                **session.bound("over", "set" if label is None else str(label)),
            )  # fmt: skip
            st.selectbox(
                "Channel", [-1, *order], label_visibility="collapsed", width=180,
                format_func=lambda k: "no channel marked" if k < 0 else f"channel {k}",
                **session.bound("channel", selection.channel if selection.channel < len(order) else -1),
            )  # fmt: skip
        wide = classes.assign(name=[names[k] for k in classes["class"]]).pivot_table(
            index="name", columns="channel", values="robust_share", dropna=False, sort=False
        )
        show_data(wide, "classes")
        if 0 <= selection.channel < len(order) and view.here:
            _card(selection)


def _card(selection: Selection) -> None:
    card = replace(selection, over="set", edit="", run="", hide=(), open=(), mode="explore")
    st.page_link(
        "screens/explain/page.py", label="Its card in Explain", icon=":material/search:",
        query_params=to_parameters(card),
    )  # fmt: skip


def _words(view: View, classes: pd.DataFrame) -> str:
    """What is chosen, in a sentence or two; where nothing is, how to read the strip."""
    table, label = view.result.table("channels"), label_of(view.selection)
    said = []
    if 0 <= view.selection.channel < len(table):
        said.append(_of_channel(view.result, classes, table.iloc[view.selection.channel]))
    if label is not None:
        said.append(_of_class(classes, label, view.result.manifest["class_names"][label]))
    return " ".join(said) or HOW


def _of_class(classes: pd.DataFrame, label: int, name: str) -> str:
    for_classes = findings.for_classes(classes)
    mine = for_classes[label]
    alone, some = int((mine & (for_classes.sum(axis=0) == 1)).sum()), np.flatnonzero(mine)
    listed = ", ".join(map(str, some[:LISTED])) + " …" * (len(some) > LISTED)
    return f"**{plain(name)}**: {len(some)} channels, {alone} for it alone{': ' * bool(listed)}{listed}."


def _of_channel(result: StoredResult, classes: pd.DataFrame, row: "pd.Series[Any]") -> str:
    names, k = result.manifest["class_names"], int(row["channel"])
    of_class = classes[classes["channel"] == k].set_index("class")
    ordered = of_class["robust_share"].dropna().sort_values(ascending=False)
    best = [f"{plain(names[label])} {percent(share)}" for label, share in ordered.head(NAMED).items() if share > 0]
    often = f", most of {', '.join(best)}" if best else ""
    text = (
        f"**Channel {k}**: robust in {percent(row['robust_share'])} of all images ({percent(row['robust_share_low'])} "
        f"to {percent(row['robust_share_high'])} over seeds){often}; {findings.flip_words(row['flip_rate'])}."
    )
    margin = of_class["weight_margin"]
    if margin.notna().all():
        text += f" Its weight speaks most for {plain(names[margin.idxmax()])}."
    return text


def _repeated(result: StoredResult) -> float | None:
    """On which share of the images the robust channels repeat a wrong label; None where no survey is stored."""
    of = result.manifest["model"]
    survey = stored_results.stored_result("start", of["name"], of["sha256"])
    return None if survey is None else survey.summary["label_echo"]["value"]
