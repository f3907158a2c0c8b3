"""Explain one image: what an attack does to it, and what each side of the channels predicts before and after."""

import streamlit as st

from dashboard.answers import neighbors, outcomes
from dashboard.frame import choose
from dashboard.frame.among import sequel
from dashboard.frame.header import Header
from dashboard.frame.page import page
from dashboard.frame.parts import Part
from dashboard.frame.view import View
from dashboard.screens.explain.answer import answer, doubt
from dashboard.screens.explain.channels import channels
from dashboard.screens.explain.export import files
from dashboard.screens.explain.label import label_control
from dashboard.screens.explain.networks import network
from dashboard.screens.explain.readings import readings
from dashboard.screens.explain.robust import nothing_robust
from dashboard.screens.explain.scene import Answered, Scene, answered, scene_of
from dashboard.screens.explain.seeds import seeds
from dashboard.screens.explain.sources import numbers, sources
from dashboard.work import live

ALONE, BESIDE, PRESENTED = 160, 96, 128  # width of a picture: of one network, of each of two, on a projector


def draw(view: View) -> None:
    """The answer, the image, what each network makes of it, and the doubt."""
    if not (view.presenting or live.quick(view)):
        choose.image(view)  # another one may be chosen while this one is waited for
    live.require(view)
    scene = scene_of(view)
    outcomes.see(view.attack, scene.image, scene.main.answer)
    answer(scene)
    if not view.presenting:
        choose.image(view)
    nothing_robust(scene)
    if compared(view) and not view.presenting:
        left, right = st.columns(2, gap="large")
        with left:
            network(scene, scene.main, "main", BESIDE, wide=False)
        with right:
            network(scene, _rival(scene), "rival", BESIDE, wide=False)
    else:
        network(scene, scene.main, "main", PRESENTED if view.presenting else ALONE, wide=True)
    doubt(scene)
    if view.here and not view.selection.own and not view.presenting:
        near = sequel(view)
        neighbors.expect(view.selection, view.catalog, [near.after, near.before])


def rival(view: View) -> None:
    """The network that is compared; a presentation shows it after the first."""
    scene = scene_of(view)
    network(scene, _rival(scene), "rival", PRESENTED, wide=True)


def compared(view: View) -> bool:
    """Whether two networks are looked at."""
    return view.selection.compare != "none"


def _rival(scene: Scene) -> Answered:
    return answered(scene.view, scene.view.selection.compare, scene.image)


PARTS = (
    Part(
        name="rival", title="And the other network?", draw=rival, when=lambda view: view.presenting and compared(view)
    ),
    Part(name="channels", title="How much noise can each channel take?", draw=channels, own=("channel", "moved")),
    Part(name="label", title="Would any label have done?", draw=label_control, own=("wrong",)),
    Part(name="seeds", title="Is it the same next time?", draw=seeds),
    Part(name="readings", title="As in the paper, or the released code?", draw=readings, slide=False),
)
page("explain", draw, parts=PARTS, above=Header(files=files), one_image=True, sources=sources, numbers=numbers)
