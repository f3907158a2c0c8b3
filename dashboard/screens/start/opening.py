"""The first screen's image from stored results: clean and attacked, and what all channels and either side say of it."""

from typing import Any

import streamlit as st

from core.analysis.empty_set import empty_set
from core.analysis.explain import stored_record
from core.analysis.results import StoredResult
from core.look import Look
from core.sides import READERS, STYLES
from dashboard.shared.bars import Group, prediction_bars, side_groups
from dashboard.shared.sides import WHENS
from dashboard.shared.words import plain, radius

WIDTH = 140  # of a picture on the screen, in pixels
Stored = dict[str, Any]  # a record of `core.analysis.explain.record`, as a survey holds it


def answer_of(start: Stored) -> str:
    """What the attack did to the network's answer and to the robust channels', as Markdown."""
    before, after = _said(start, "all")
    network = f"The attack changes the network’s answer from **{plain(before)}** to **{plain(after)}**"
    if before == after:
        network = f"The attack does not change the network’s answer, **{plain(before)}**"
    count, (first, last) = start["counts"]["robust"], _said(start, "robust")
    if not count:
        return f"{network}; {empty_set()}."
    says = f"still say{'s' * (count == 1)} **{plain(last)}**" if first == last else f"then say **{plain(last)}**"
    channels = f":blue[{STYLES['robust'].marked} channel{'s' * (count > 1)}]"
    return f"{network}. Given the true label, the {count} {channels} alone {says}."


def pictures(survey: StoredResult) -> None:
    """The image before and after the attack, under or beside one another as there is room."""
    start: Stored = survey.summary["opening"]
    with st.container(key="start_images", horizontal=True, gap="small"):
        for when in WHENS:
            st.image(survey.array(when).tobytes(), width=WIDTH, caption=_caption(start, when), alt=_alt(start, when))


def predictions(start: Stored, look: Look) -> None:
    """What all, the robust and the non-robust channels say, before and after in one chart."""
    names = start["class_names"]
    true = None if start["true_label"] is None else names.index(start["true_label"])
    st.html(prediction_bars(groups(start, look), names, true, look, takeaway(start)))


def groups(start: Stored, look: Look) -> list[Group]:
    """All channels and either side, by what they say."""
    said = [stored_record.probabilities(start, when) for when in WHENS]
    return side_groups(said, [stored_record.sizes(start, when) for when in WHENS], look)


def takeaway(start: Stored) -> str:
    """Who says what before and after, for who cannot see it."""
    return " ".join(
        f"{word.capitalize()} the attack: {stored_record.takeaway(start, when)}"
        for when, word in zip(WHENS, ("before", "after"), strict=True)
    )


def _said(start: Stored, reader: str) -> tuple[str, str]:
    assert reader in READERS
    before, after = (start["predictions"][when][reader]["predicted"] for when in WHENS)
    return before, after


def _caption(start: Stored, when: str) -> str:
    if when == "clean":
        return "before"
    return plain(f"after: {start['attack'].upper()} {radius(start['epsilon'])}")


def _alt(start: Stored, when: str) -> str:
    name = start["true_label"]
    return f"A {name}." if when == "clean" else f"The attacked image; to the eye it is still a {name}."
