"""What happened in one sentence or two, computed from the data, and the reason to doubt it."""

import streamlit as st

from core.analysis.explain.findings import attack_verdict, caution, label_echo, sides
from dashboard.answers import one_image
from dashboard.frame.reach import unfold
from dashboard.screens.explain.scene import Scene
from dashboard.shared import claim
from dashboard.shared.words import colored, in_short, plain

PART = "label"  # where the doubt is shown in full


def answer(scene: Scene) -> None:
    """What the attack did, and what each side of the channels predicts."""
    explanation, names = scene.main.answer.explanation, scene.class_names
    selection, cards = scene.view.selection, scene.view.catalog.cards
    network = in_short(scene.main.card, cards.get(selection.compare))
    verdict = attack_verdict(explanation, names, network=network, attack=selection.attack.upper())
    with st.container(key="two_lines"):  # so that what is below stays where it is from image to image
        claim.answer(f"{plain(verdict)} {colored(sides(explanation, names))}")


def doubt(scene: Scene) -> None:
    """Whether another label would have been repeated as well, or why this split says little; and the way to see it."""
    given = one_image.controls(scene.main.asked, scene.image).every_label
    explanation, names = scene.main.answer.explanation, scene.class_names
    with st.container(key="doubt_row", horizontal=True, vertical_alignment="center", gap="small"):
        claim.doubt(plain(caution(explanation, names) or label_echo(given, names, explanation.label), most=1000))
        _way(scene)


def _way(scene: Scene) -> None:
    selection = scene.view.selection
    if scene.view.shows(PART) and not scene.view.presenting and PART not in selection.open:
        st.button("Try every label", key="open_label", type="tertiary", on_click=unfold, args=(PART,))
