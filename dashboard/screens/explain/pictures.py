"""Clean image, magnified difference and attacked image, in one row at every width."""

import streamlit as st

from dashboard.screens.explain.scene import Answered, Scene
from dashboard.shared import images
from dashboard.shared.words import plain

WIDTH = 3 * images.SIDE + 16  # of the row, at most


def pictures(scene: Scene, answered: Answered, key: str) -> None:
    """The triptych of one model; the attack was made against that model."""
    explanation = answered.answer.explanation
    x, x_adv = images.array(explanation.x), images.array(explanation.x_adv)
    truth = explanation.true_label
    name = "of unknown class" if truth is None else f"of class {scene.class_names[truth]}"
    if not explanation.attacked:
        with st.container(key=f"pictures_{key}"):
            st.image(images.picture(x), "clean, no attack", width=images.SIDE, alt=f"The image, {name}.")
        return
    change, times = images.difference(x, x_adv)
    largest = 255 * float(abs(x_adv - x).max())
    with st.container(key=f"pictures_{key}"):
        row = st.grid(3, min_column_width=80, wrap=False, gap="xsmall", width=WIDTH)
    row.image(images.picture(x), "clean", width="stretch", alt=f"The clean image, {name}.")
    row.image(
        change, f"difference ×{times}", width="stretch",
        alt=f"What the attack added, magnified {times} times around gray; no pixel moves more than {largest:.1f}/255.",
    )  # fmt: skip
    says = plain(scene.class_names[answered.answer.said("adversarial", "all")])
    row.image(
        images.picture(x_adv), f"attacked, ≤ {largest:.3g}/255", width="stretch",
        alt=f"The attacked image; to the eye it is the clean one, but the network says {says}.",
    )  # fmt: skip
