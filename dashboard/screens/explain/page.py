"""Explain one image: what an attack does to it, and what each side of the channels says before and after."""

from datetime import UTC, datetime

import streamlit as st

from dashboard.frame import choose
from dashboard.frame.header import Header
from dashboard.frame.page import page
from dashboard.frame.parts import Part
from dashboard.frame.provenance import of_split
from dashboard.frame.view import View
from dashboard.screens.explain.channels import after_moves, channels
from dashboard.screens.explain.export import files
from dashboard.screens.explain.headline import headline, model_line
from dashboard.screens.explain.label import label_control
from dashboard.screens.explain.pictures import pictures
from dashboard.screens.explain.predictions import predictions
from dashboard.screens.explain.readings import readings
from dashboard.screens.explain.robust import nothing_robust
from dashboard.screens.explain.scene import answered, scene_of
from dashboard.screens.explain.seeds import seeds
from dashboard.shared.words import radius


def draw(view: View) -> None:
    """The page of one image, the answer first and its doubts after it."""
    scene, compare = scene_of(view), view.selection.compare
    headline(scene)
    choose.image(view)
    nothing_robust(scene)
    columns = [st.container()] if compare == "none" else st.columns(2, gap="large")
    with columns[0]:
        model_line(scene.main)
        pictures(scene, scene.main, "main")
        predictions(scene, scene.main, "main", after_moves(scene)[0])
    if compare != "none":
        rival = answered(view, compare, scene.image)
        with columns[1]:
            model_line(rival)
            pictures(scene, rival, "rival")
            predictions(scene, rival, "rival")


def sources(view: View) -> list[str]:
    """Everything that the answer depends on."""
    scene = scene_of(view)
    card, asked, explanation = scene.main.card, scene.main.asked, scene.main.answer.explanation
    label = scene.class_names[explanation.label]
    return [
        f"{'own image' if view.selection.own else view.selection.data} {scene.image.name}",
        f"{card.name} ({card.network}, width {card.width:g}, sha256 {card.sha256[:8]})",
        f"cut {asked.cut or card.cut}, before ReLU",
        f"label supplied: {label} ({explanation.label_kind})",
        f"β {asked.beta:g}, {asked.bottleneck.steps} steps of Adam, {asked.draws} noise draw{'s' * (asked.draws > 1)}, "
        f"seed {asked.seed}",
        f"KL {asked.kl}, T per {asked.tolerance}",
        "no attack" if asked.attack == "none" else f"{asked.attack.upper()}, L∞ {radius(asked.epsilon)}, white-box",
        of_split(asked.split_of),
        f"computed live in {scene.main.answer.seconds:.2f} s",
        datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    ]


PARTS = (
    Part(name="channels", title="How much noise can each channel take?", draw=channels, own=("channel",)),
    Part(name="label", title="Would any label have done?", draw=label_control, own=("wrong",)),
    Part(name="seeds", title="Is it the same next time?", draw=seeds),
    Part(name="readings", title="As in the paper, or as in the released code?", draw=readings),
)
page("explain", draw, parts=PARTS, above=Header(files=files), one_image=True, sources=sources)
