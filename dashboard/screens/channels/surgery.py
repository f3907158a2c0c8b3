"""Channels cut out of the network by hand, by list or by rule, and what is left of it at once."""

import numpy as np
import pandas as pd
import streamlit as st
import torch
from numpy.typing import NDArray

from core.analysis.channels.activations import stored_surgery
from core.analysis.channels.figures import surgery_bars
from core.analysis.channels.rules import choose_channels
from core.analysis.channels.surgery import Operated, Surgery
from core.analysis.results import StoredResult
from core.errors import InputError
from core.look import Look, percent
from dashboard.answers import at_hand
from dashboard.answers.remember import remembered
from dashboard.frame.view import View
from dashboard.selection import session
from dashboard.selection.state import EDITS, LONGEST_EDIT, Selection
from dashboard.shared.chart import chart
from dashboard.shared.command import command_line
from dashboard.shared.words import plain

HOW = {"drop": "cut these out", "keep": "keep only these"}
OFTEN = 80  # percent of a class's images, in the suggestions


def kept(result: StoredResult, selection: Selection) -> NDArray[np.bool_] | None:
    """Channels that stay (c,); None where nothing is edited. Raises InputError where the edit cannot be read."""
    how, _, what = selection.edit.partition(" ")
    if not what:
        return None
    chosen = choose_channels(what, result.table("channels"), result.manifest["class_names"])
    return ~chosen if how == "drop" else chosen


@remembered
def operable(result: StoredResult, name: str, sha256: str) -> Surgery | None:
    """Edits of a network on the images of a stored result; None where they need more than is stored."""
    return stored_surgery(result, at_hand.model(name, sha256))


@remembered
def by_chance(result: StoredResult, name: str, sha256: str, kept: int) -> list[Operated]:
    """The control of an edit: the same network with as many channels drawn at random, twenty times."""
    found = operable(result, name, sha256)
    return [] if found is None else found.by_chance(kept)


def surgery(view: View, stays: NDArray[np.bool_] | None) -> None:
    """The panel: choose, and read what is left beside the whole network and beside as many random channels."""
    result, selection, card = view.result, view.selection, view.card
    st.subheader("What is left without them?", anchor="surgery")
    found = operable(result, card.name, card.sha256)
    if found is None:
        st.info(
            "Behind this cut no pooled linear layer follows, so an edit needs every feature map: on the command line."
        )
        command_line(f'python -m core channels {card.name} --drop "3,17"')
        return
    if view.controls:
        _choose(selection, result)
    whole = found.operate(torch.ones(found.channels, dtype=torch.bool))
    if stays is None:
        st.markdown(_hint(whole, view.controls))
        if view.controls:
            _suggest(selection, result)
        _classes(result, view.look, whole, whole, [])
        return
    edited = found.operate(torch.from_numpy(stays))
    drawn = by_chance(result, card.name, card.sha256, edited.kept)
    st.markdown(_said(edited, whole, drawn, found))
    _classes(result, view.look, edited, whole, drawn)
    st.caption(
        f"◆ this edit, | the whole network, × as many channels at random: mean of {len(drawn)} draws, dotted from the "
        f"lowest to the highest. n = {edited.accuracy.n}, brackets: 95 %. The attack was made on the whole network; "
        "one made on the edited network may leave less."
    )


def _choose(selection: Selection, result: StoredResult) -> None:
    how, _, what = selection.edit.partition(" ")
    st.session_state["edit_how"], st.session_state["edit_what"] = how or EDITS[0], what
    st.text_input(
        "Channels or a rule", key="edit_what", max_chars=LONGEST_EDIT - 5, placeholder="3,17,20-24", on_change=_set,
        help=f"A list such as 3,17,20-24 or a rule such as: {plain(_rule(selection, result))}. Or draw around "
        "bars or points in the chart.",
    )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        st.segmented_control(
            "What to do with them", EDITS, format_func=HOW.__getitem__, key="edit_how", required=True, on_change=_set,
            label_visibility="collapsed",
        )  # fmt: skip
        if what:
            st.button("Reset", key="edit_reset", on_click=session.choose, kwargs={"edit": ""})


def _set() -> None:
    how, what = st.session_state["edit_how"], st.session_state["edit_what"].strip()
    session.choose(edit=f"{how} {what}".strip())


def _rule(selection: Selection, result: StoredResult) -> str:
    label = int(selection.over) if selection.over.isdigit() else 0
    return f"robust in at least {OFTEN} % of images of class {result.manifest['class_names'][label]}"


def _hint(whole: Operated, controls: bool) -> str:
    text = (
        f"The whole network is right on **{percent(whole.accuracy.value)}** of {whole.accuracy.n} clean images and on "
        f"**{percent(whole.robust_accuracy.value)}** attacked."
    )
    return text + " Draw around bars or points in the chart, type channels, or try a rule:" * controls


def _suggest(selection: Selection, result: StoredResult) -> None:
    rule = _rule(selection, result)
    for how in EDITS:
        st.button(
            f"{how.capitalize()} what is {plain(rule)}", key=f"suggest_{how}", on_click=session.choose,
            kwargs={"edit": f"{how} {rule}"},
        )  # fmt: skip


def _said(edited: Operated, whole: Operated, drawn: list[Operated], found: Surgery) -> str:
    """The claim beside its control, as Markdown: a sentence and a table of three rows."""
    cut = found.channels - edited.kept
    clean, attacked = edited.accuracy, edited.robust_accuracy
    chance = {
        "clean": [one.accuracy.value for one in drawn],
        "attacked": [one.robust_accuracy.value for one in drawn],
    }
    spans = [f"{percent(float(np.mean(v)))} ({percent(min(v))} to {percent(max(v))})" for v in chance.values()]
    rows = [
        f"| ◆ **this edit** | **{percent(clean.value)}** [{100 * clean.low:.0f}, {100 * clean.high:.0f}] | "
        f"**{percent(attacked.value)}** [{100 * attacked.low:.0f}, {100 * attacked.high:.0f}] |",
        f"| × {edited.kept} at random | {spans[0]} | {spans[1]} |",
        f"| whole network | {percent(whole.accuracy.value)} | {percent(whole.robust_accuracy.value)} |",
    ]
    text = (
        f"Without **{cut}** of {found.channels} channels the network is right on **{percent(clean.value)}** of the "
        f"clean images, and on **{percent(attacked.value)}** attacked."
    )
    return "\n".join([text, "", "| | clean | attacked |", "|---|---|---|", *rows])


def _classes(result: StoredResult, look: Look, edited: Operated, whole: Operated, drawn: list[Operated]) -> None:
    names = result.manifest["class_names"]
    rows = ["all images", *(names[label] for label in whole.classes["class"])]
    worth = surgery_bars.Worth(
        rows, _by_row(edited), _by_row(whole),
        {images: np.array([_by_row(one)[images] for one in drawn]) for images in ("clean", "attacked")}
        if drawn else None,
    )  # fmt: skip
    table = pd.DataFrame(
        {f"{what}, {images}": values for what, of in (("edit", worth.edited), ("whole", worth.whole))
         for images, values in of.items()}, index=pd.Index(rows, name="images"),
    )  # fmt: skip
    said = f"All images: {percent(edited.accuracy.value)} clean, {percent(edited.robust_accuracy.value)} attacked."
    chart(surgery_bars.edits(worth, look), "edits", f"Accuracy class by class. {said}", table)


def _by_row(one: Operated) -> dict[str, NDArray[np.floating]]:
    classes = one.classes
    return {
        "clean": np.array([one.accuracy.value, *classes["accuracy"]]),
        "attacked": np.array([one.robust_accuracy.value, *classes["robust_accuracy"]]),
    }


def read(view: View) -> NDArray[np.bool_] | None:
    """`kept`, with the sentence on the page where the edit cannot be read."""
    try:
        return kept(view.result, view.selection)
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
