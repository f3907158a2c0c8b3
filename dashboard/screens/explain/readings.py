"""Where the paper's text and its released code part ways, and what each difference changes for this image."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.empty_set import spoken
from core.distillation import PAPER, RELEASED_CODE, Bottleneck
from core.sides import Reader
from dashboard.answers import cost, one_image
from dashboard.answers.one_image import Answer
from dashboard.answers.question import Question
from dashboard.frame.view import View
from dashboard.screens.explain.scene import Scene, scene_of
from dashboard.selection import session
from dashboard.selection.state import REDUCTIONS, TOLERANCES, Selection
from dashboard.shared.sides import When
from dashboard.shared.table import explained
from dashboard.work.live import PATIENCE

MANY_DRAWS = 8
LESS = ["T", "non-robust only"]  # what a projector has no room for
ALTERNATIVES = {
    "tolerance": "tolerance T over",
    "kl": "KL over channels",
    "label": "label given",
    "draws": "noise draws a step",
}


def readings(view: View) -> None:
    """The switch, its parts, and a table of what each part changes."""
    scene, selection = scene_of(view), view.selection
    st.markdown("The text and the code differ in small ways that move channels.")
    if view.controls:
        _choose(selection)
        _parts(selection, scene)
    table = what_changes(scene)
    st.dataframe(
        table.drop(columns=LESS) if view.presenting else table, hide_index=True, key="readings_table",
        alt="What each part of the reading changes for this image.",
    )  # fmt: skip
    explained(
        "Which is right?",
        "The printed formula sums the KL term over the channels; the code averages it, which is hundreds of times "
        "weaker. With the sum, almost no channel stays robust at β 0.3. The text takes T from the image, the code from "
        "the batch of 100 that the image happens to be in. Both give it the true label.",
        r"\mathcal L = \mathrm{CE} + \beta \sum_k \mathrm{KL}_k \quad\text{or}\quad "
        r"\mathrm{CE} + \frac{\beta}{C} \sum_k \mathrm{KL}_k",
        "The default here is the text's T and the code's mean: it does what the paper reports, and an image's result "
        "does not depend on the images beside it.",
        "readings",
    )


def _choose(selection: Selection) -> None:
    known = presets()
    now = next(
        (name for name, parts in known.items() if all(getattr(selection, k) == v for k, v in parts.items())), None
    )
    st.session_state["reading"] = now
    st.segmented_control("Reading", list(known), key="reading", on_change=_set_reading, label_visibility="collapsed")


def _set_reading() -> None:
    session.choose(**presets().get(st.session_state["reading"], {}))


def presets() -> dict[str, dict[str, Any]]:
    """Each reading by name, as fields of the selection; the core says what the paper and its code do."""
    named = {"ours": Bottleneck(), "as in the paper": PAPER, "as in the released code": RELEASED_CODE}
    return {
        name: {"tolerance": b.tolerance, "kl": b.kl_reduction, "draws": b.noise_draws, "label": "true"}
        for name, b in named.items()
    }


def _parts(selection: Selection, scene: Scene) -> None:
    with st.container(key="reading_parts", horizontal=True, gap="small", vertical_alignment="bottom"):
        st.selectbox(
            "Tolerance T over the", TOLERANCES, format_func={"image": "image", "batch": "batch of 100"}.__getitem__,
            width=150, **session.bound("tolerance", selection.tolerance),
        )  # fmt: skip
        st.selectbox("KL over channels", REDUCTIONS, width=150, **session.bound("kl", selection.kl))
        names = scene.class_names
        options = ["true", "predicted", *map(str, range(len(names)))]
        st.selectbox(
            "Label given", options, format_func=lambda v: names[int(v)] if v.isdigit() else v, width=170,
            **session.bound("label", selection.label),
        )  # fmt: skip
        st.number_input("Noise draws a step", 1, 16, step=1, width=150, **session.bound("draws", selection.draws))


def alternatives(asked: Question) -> list[tuple[str, str, Question]]:
    """For each part: what it is called, its other value in words, and the question with only that part changed."""
    other = {
        "tolerance": "batch" if asked.tolerance == "image" else "image",
        "kl": "sum" if asked.kl == "mean" else "mean",
        "label": "true" if asked.label != "true" else "predicted",
        "draws": MANY_DRAWS if asked.draws < MANY_DRAWS else 1,
    }
    return [(ALTERNATIVES[name], str(value), replace(asked, **{name: value})) for name, value in other.items()]  # type: ignore[arg-type]


def what_changes(scene: Scene) -> pd.DataFrame:
    """One row as shown, one for each part turned the other way that is soon known: what changes, what is then said."""
    asked, shown = scene.main.asked, scene.main.answer
    rows = [_row(scene, "as shown", "", shown)]
    rows += [
        _row(scene, part, value, one_image.answer(other, scene.image))
        for part, value, other in alternatives(asked)
        if cost.seconds(other, scene.main.card, scene.image, whole=False) <= PATIENCE
    ]
    return pd.DataFrame(rows)


def _row(scene: Scene, part: str, value: str, answer: Answer) -> dict[str, Any]:
    names = scene.class_names
    row: dict[str, Any] = {
        "part": part,
        "instead": value,
        "T": answer.tolerance,
        "robust channels": int(answer.robust.sum()),
        "channels changed": int(np.sum(answer.robust != scene.main.answer.robust)),
        "robust only": _says(answer, "clean", "robust", names),
        "non-robust only": _says(answer, "clean", "nonrobust", names),
    }
    if answer.explanation.attacked:
        row["robust only, attacked"] = _says(answer, "adversarial", "robust", names)
    return row


def _says(answer: Answer, when: When, which: Reader, names: tuple[str, ...]) -> str:
    return spoken(names[answer.said(when, which)], answer.channels(when, which))
