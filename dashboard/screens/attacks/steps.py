"""The current image on its way through PGD, step by step in the browser."""

import pandas as pd
import streamlit as st

from core.analysis.attacks.figures import step_frames
from core.analysis.attacks.steps import Trace
from dashboard.answers import one_image
from dashboard.answers.image import OneImage
from dashboard.answers.question import question
from dashboard.frame import choose
from dashboard.frame.missing import no_images
from dashboard.frame.view import View
from dashboard.shared.chart import chart
from dashboard.shared.words import plain


def steps(view: View) -> None:
    """The slider with what it shows, where there is an image."""
    st.subheader("One image, step by step", anchor="steps")
    choose.image(view)
    if view.image is None:
        no_images(view, "so no single image is shown")
    else:
        _walk(view, view.image)


def _walk(view: View, image: OneImage) -> None:
    card, look = view.card, view.look
    asked = question(view.selection.change(attack="pgd"), card, image)
    with st.spinner("Following the attack on this image."):
        found, answer = one_image.attack_steps(asked, image), one_image.answer(asked, image)
    true = answer.explanation.label if image.true_label is None else image.true_label
    other = _other(found, true)
    walk = step_frames.Walk(
        found.images, asked.epsilon, found.probabilities, true, other, (card.class_names[true], card.class_names[other])
    )
    sentences = [step_frames.step_sentence(found.probabilities, i, card.class_names) for i in range(len(found.images))]
    robust, label = int(answer.robust.sum()), card.class_names[answer.explanation.label]
    said = (
        f"PGD in {len(found.images) - 2} steps on {image.name}. Each step is read from all channels and from the "
        f"{robust} robust and {len(answer.robust) - robust} non-robust ones of the clean image, with the label {label} "
        "supplied. What a side says alone stands beside its controls on the Explain page."
    )
    st.markdown(plain(said, most=1000))
    chart(step_frames.steps(walk, sentences, look), "steps", sentences[-1], table(found, card.class_names))


def _other(found: Trace, true: int) -> int:
    """What the whole network says at the end; where that is the true class, the one that comes next."""
    order = found.probabilities["all"][-1].argsort()[::-1].tolist()
    return order[0] if order[0] != true else order[1]


def table(found: Trace, class_names: tuple[str, ...]) -> pd.DataFrame:
    """Probability of every class, a row a step and side; step -1 is the clean image, 0 the start."""
    parts = [
        pd.DataFrame(values, columns=list(class_names)).assign(side=side, step=range(-1, len(values) - 1))
        for side, values in found.probabilities.items()
    ]
    return pd.concat(parts).set_index(["step", "side"])
