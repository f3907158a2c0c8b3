"""Channels cut out of the network by hand, by chips or by rules, and what is left of it at once."""

import numpy as np
import pandas as pd
import streamlit as st
import torch
from numpy.typing import NDArray

from core.analysis.channels.activations import stored_surgery
from core.analysis.channels.figures import noise_points, surgery_bars
from core.analysis.channels.rules import choose_channels
from core.analysis.channels.surgery import Operated, Surgery
from core.analysis.results import StoredResult
from core.errors import InputError
from core.look import Look, percent
from core.types import Accuracy
from dashboard.answers import at_hand
from dashboard.answers.remember import remembered
from dashboard.frame.view import View
from dashboard.screens.channels import chips
from dashboard.screens.channels.strip import label_of
from dashboard.selection import session
from dashboard.shared.chart import chart
from dashboard.shared.claim import note
from dashboard.shared.command import command_line
from dashboard.shared.words import plain

DONE = {"drop": "these cut out", "keep": "only these kept"}


@remembered
def operable(result: StoredResult, name: str, sha256: str) -> Surgery | None:
    """Edits of a network on the images of a stored result; None where they need more than is stored."""
    return stored_surgery(result, at_hand.model(name, sha256))


@remembered
def by_chance(result: StoredResult, name: str, sha256: str, kept: int) -> list[Operated]:
    """The control of an edit: the same network with as many channels drawn at random, twenty times."""
    found = operable(result, name, sha256)
    return [] if found is None else found.by_chance(kept)


def draw(view: View) -> None:
    """Choose channels at the left, read at the right what is left beside the whole network and beside chance."""
    result, card = view.result, view.card
    found = operable(result, card.name, card.sha256)
    if found is None:
        st.info(
            "Behind this cut no pooled linear layer follows, so an edit needs every feature map: on the command line."
        )
        command_line(f'python -m core channels {card.name} --drop "3,17"')
        return
    if view.controls:
        chips.choose(view.selection.edit, result)
    stays = _read(view)
    left, right = st.columns(2, gap="large")
    with left:
        _points(view, stays)
    with right:
        _left_over(view, found, stays)


def kept(result: StoredResult, edit: str) -> NDArray[np.bool_] | None:
    """Channels that stay (c,); None where nothing is edited. Raises InputError where the edit cannot be read."""
    how, _, what = edit.partition(" ")
    if not what:
        return None
    chosen = choose_channels(what, result.table("channels"), result.manifest["class_names"])
    return ~chosen if how == "drop" else chosen


def _read(view: View) -> NDArray[np.bool_] | None:
    """`kept`, with the sentence on the page where the edit cannot be read."""
    try:
        return kept(view.result, view.selection.edit)
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None


def _points(view: View, stays: NDArray[np.bool_] | None) -> None:
    """A point a channel; a line drawn around some, or a click on one, puts it among the chips."""
    cloud = noise_points.by_share(view.result, label_of(view.selection))
    removed = () if stays is None else tuple(np.flatnonzero(~stays).tolist())
    if view.controls:
        st.markdown("Draw a line around some channels, or click one.")
    figure = noise_points.points(cloud, view.look, view.selection.channel, removed, drawing=view.controls)
    alt = f"A point a channel by how often it is robust and how much noise it takes; {len(removed)} crossed out."
    rows = pd.DataFrame({"channel": cloud.channel, cloud.axis: cloud.x, "log10 noise": cloud.noise})
    chart(figure, "cut", alt, rows.set_index("channel"), on_select=_picked, selection_mode=("points", "lasso"))


def _picked() -> None:
    found = st.session_state["cut"]["selection"]
    some = {str(int(point["customdata"])) for point in found["points"] if point.get("customdata") is not None}
    if not some:
        return
    edit = session.standing().edit
    before = [] if found["lasso"] else chips.chips_of(edit)
    how = edit.partition(" ")[0] or "drop"
    session.choose(edit=chips.written(how, [*before, *sorted(some, key=int)]))


def _left_over(view: View, found: Surgery, stays: NDArray[np.bool_] | None) -> None:
    whole = found.operate(torch.ones(found.channels, dtype=torch.bool))
    if stays is None:
        st.markdown(
            f"The whole network is right on **{percent(whole.accuracy.value)}** of {whole.accuracy.n} clean images and "
            f"on **{percent(whole.robust_accuracy.value)}** of the attacked ones."
        )
        _classes(view.result, view.look, whole, whole, [])
        return
    edited, card = found.operate(torch.from_numpy(stays)), view.card
    drawn = by_chance(view.result, card.name, card.sha256, edited.kept)
    st.markdown(_sentence(edited, found))
    _classes(view.result, view.look, edited, whole, drawn)
    st.markdown(_table(edited, whole, drawn, view.selection.edit.partition(" ")[0]))
    note(
        f"| whole network, × the same number of channels drawn at random, {len(drawn)} times. n = {edited.accuracy.n}, "
        "in brackets the 95 % interval. The attack was made on the whole network; one made on this one may leave less."
    )


def _sentence(edited: Operated, found: Surgery) -> str:
    return (
        f"Without **{found.channels - edited.kept}** of {found.channels} channels the network is right on "
        f"**{percent(edited.accuracy.value)}** of the clean and **{percent(edited.robust_accuracy.value)}** of the "
        "attacked images."
    )


def _table(edited: Operated, whole: Operated, drawn: list[Operated], how: str) -> str:
    """The claim beside its control, three rows."""
    own = [f"**{percent(a.value)}** [{percent(a.low)}, {percent(a.high)}]" for a in _both(edited)]
    chance = [
        f"{percent(float(np.mean(values)))} ({percent(min(values))} to {percent(max(values))})"
        for values in zip(*([a.value for a in _both(one)] for one in drawn), strict=True)
    ]
    rows = {
        f"◆ **{DONE[how]}**": own,
        f"× {edited.kept} drawn at random": chance,
        "whole network": [percent(a.value) for a in _both(whole)],
    }
    lines = [f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()]
    return "\n".join(["| | clean | attacked |", "|---|---|---|", *lines])


def _both(one: Operated) -> tuple[Accuracy, Accuracy]:
    return one.accuracy, one.robust_accuracy


def _classes(result: StoredResult, look: Look, edited: Operated, whole: Operated, drawn: list[Operated]) -> None:
    names = result.manifest["class_names"]
    rows = ["all images", *(names[label] for label in whole.classes["class"])]
    chance = {name: np.array([_by_row(one)[name] for one in drawn]) for name in surgery_bars.IMAGES} if drawn else None
    worth = surgery_bars.Worth(rows, _by_row(edited), _by_row(whole), chance)
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
