"""The current image on its way through PGD, step by step in the browser."""

from typing import TYPE_CHECKING

import streamlit as st

from core.analysis.attacks.figures import step_frames
from core.look import Look
from dashboard.answers import live, one_image
from dashboard.answers.question import Subject, question
from dashboard.frame import choose
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import Selection
from dashboard.shared.chart import chart
from dashboard.shared.words import plain
from dashboard.work.offer import fetch

if TYPE_CHECKING:
    from core.analysis.attacks.steps import Trace

SAID = {"all": "all channels", "robust": "the robust", "nonrobust": "the non-robust"}


def steps(selection: Selection, catalog: Catalog, image: Subject | None, look: Look) -> None:
    """The slider with what it shows; where the images are not here, the way to fetch them."""
    st.subheader("One image, step by step", anchor="steps")
    if "controls" not in selection.hide:
        choose.image(selection, catalog)
    if image is None:
        st.info(f"The images of {plain(selection.data)} are not on this machine, so no single image is shown.")
        fetch(selection.data)
        return
    card = catalog.cards[selection.model]
    asked = question(selection.change(attack="pgd"), card, image)
    with st.spinner("Following the attack on this image."):
        found, answer = one_image.attack_steps(asked, image), one_image.answer(asked, image)
    true = answer.explanation.label if image.true_label is None else image.true_label
    other = _other(found, true)
    walk = step_frames.Walk(
        found.images, asked.epsilon, found.probabilities, true, other, (card.class_names[true], card.class_names[other])
    )
    sentences = [sentence(found, i, card.class_names) for i in range(len(found.images))]
    robust, label = int(answer.robust.sum()), card.class_names[answer.explanation.label]
    said = (
        f"PGD in {len(found.images) - 2} steps on {image.name}. Each step is read from all channels and from the "
        f"{robust} robust and {len(answer.robust) - robust} non-robust ones of the clean image, with the label {label} "
        "supplied. What a side says alone stands beside its controls on the Explain page."
    )
    st.markdown(plain(said, most=1000))
    chart(step_frames.steps(walk, sentences, look), "steps", sentences[-1], live.steps_table(found, card.class_names))


def _other(found: "Trace", true: int) -> int:
    """What the whole network says at the end; where that is the true class, the one that comes next."""
    order = found.probabilities["all"][-1].argsort()[::-1].tolist()
    return order[0] if order[0] != true else order[1]


def sentence(found: "Trace", i: int, names: tuple[str, ...]) -> str:
    """One position of the slider read aloud."""
    when = {0: "Clean image", 1: "Random start in the ball"}.get(i, f"After step {i - 1}")
    said = [
        f"{who} say {names[int(found.probabilities[side][i].argmax())]} ({found.probabilities[side][i].max():.0%})"
        for side, who in SAID.items()
    ]
    return f"{when}: {', '.join(said)}."
