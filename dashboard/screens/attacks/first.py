"""The first screen: what is left of the network under attack, one image on its way through one, and the doubt."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from core.analysis.attacks import sentences
from core.analysis.attacks.figures.step_panels import step_slides
from core.analysis.attacks.walk import Walk
from dashboard.answers import one_image
from dashboard.answers.question import question
from dashboard.frame import choose
from dashboard.frame.view import View
from dashboard.screens.attacks.bounded import bounded
from dashboard.shared import claim
from dashboard.shared.slider import slider
from dashboard.shared.table import below
from dashboard.shared.words import plain
from dashboard.work.live import quick


def first(view: View) -> None:
    """Answer, picture, doubt; of the image alone where no evaluation is stored, of the evaluation where no image is."""
    way = way_of(view)
    if view.stored is not None:
        claim.answer(plain(sentences.answer(view.result.summary)))
    elif way is not None:
        claim.answer(plain(sentences.of_one_image(way), most=1000))
    _choice(view)
    if way is not None:
        _picture(view, way)
    elif view.stored is not None:
        bounded(view)
    if view.stored is not None:
        claim.doubt(plain(sentences.doubt(view.result.summary)))
    elif way is not None:
        claim.doubt("This is one image and one attack. Only many of both say what is left of a network.")


def _choice(view: View) -> None:
    """Which image; on a projector one steps through them, and the room is the picture's."""
    if not view.presenting:
        choose.image(view)
    elif view.here and view.shows("controls"):
        with st.container(key="image_steps", horizontal=True, gap="xsmall"):
            choose.steps(view)


def way_of(view: View) -> Walk | None:
    """The image that is looked at on its way through PGD; None where there is no image, or it would take long."""
    pgd = replace(view, selection=view.selection.change(attack="pgd"))
    if view.image is None or not quick(pgd):
        return None
    image, card = view.image, view.card
    asked = question(pgd.selection, card, image)
    found, label = one_image.attack_steps(asked, image), one_image.answer(asked, image).explanation.label
    true = label if image.true_label is None else image.true_label
    order = found.probabilities["all"][-1].argsort()[::-1].tolist()
    other = order[0] if order[0] != true else order[1]
    return Walk(found.images, asked.epsilon, found.probabilities, true, other, card.class_names)


def _picture(view: View, way: Walk) -> None:
    """The walk; below it, in small letters, what it is read from, and its numbers."""
    assert view.image is not None
    name = view.image.name[:1].upper() + view.image.name[1:]
    slides = replace(step_slides(way, view.look), prefix=f"{name}, step by step: ")
    slider(slides, view.look, "steps", "Step of the attack", saves=not view.presenting)
    if view.presenting:
        return
    answer = one_image.answer(question(view.selection.change(attack="pgd"), view.card, view.image), view.image)
    robust, label, channels = int(answer.robust.sum()), answer.explanation.label, len(answer.robust)
    given = "the true label" if label == view.image.true_label else "the label"
    below(
        f"PGD on {plain(view.image.name)}. Read from all channels and, given {given} {plain(way.class_names[label])}, "
        f"from its {robust} robust channels and {channels - robust} non-robust channels alone. Gray: nothing added.",
        "steps", {"Show data": _table(way)},
    )  # fmt: skip


def _table(way: Walk) -> pd.DataFrame:
    """Probability of every class, a row a position and side."""
    parts = [
        pd.DataFrame(values, columns=list(way.class_names)).assign(read=side, step=way.positions)
        for side, values in way.probabilities.items()
    ]
    return pd.concat(parts).set_index(["step", "read"])
