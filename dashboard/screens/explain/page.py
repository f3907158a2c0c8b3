"""Explain one image: what an attack does to it, and what each side of the channels says before and after."""

import streamlit as st

from core.errors import InputError
from dashboard.answers.scene import Scene, look, reading, subject
from dashboard.frame import choose
from dashboard.frame import surroundings as frame
from dashboard.frame.missing import missing_data, nothing_robust
from dashboard.frame.page import opened
from dashboard.screens.explain.channels import channels
from dashboard.screens.explain.export import export
from dashboard.screens.explain.headline import headline, model_line
from dashboard.screens.explain.label import label_control
from dashboard.screens.explain.pictures import pictures
from dashboard.screens.explain.readings import readings
from dashboard.screens.explain.seeds import seeds
from dashboard.selection import session
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import Selection
from dashboard.shared.predictions import predictions
from dashboard.shared.words import plain


def page() -> None:
    """The whole page; what cannot be read is said in the sentence that it comes with."""
    try:
        choose_and_draw()
    except InputError as error:
        st.error(f"{plain(str(error))} Another model or image can be chosen above.", icon=":material/error:")


def choose_and_draw() -> None:
    """Choose, guard, answer, draw."""
    if (chosen := opened()) is None:
        return
    selection, catalog = chosen
    header = st.container(key="header", horizontal=True, vertical_alignment="bottom", gap="small")
    frame.notes([*session.notes(), *catalog.refused])
    if selection.mode != "present" and "controls" not in selection.hide:
        with header:
            choose.models(selection, catalog)
            choose.settings(selection, catalog)
    if (image := subject(selection, catalog)) is None:
        missing_data(selection, catalog)
        return
    main = reading(selection, catalog, selection.model, image)
    scene = Scene(selection, catalog, image, main, look(selection))
    with header:
        if selection.mode != "present":
            export(scene)
            frame.copy_link()
        frame.present_button(selection)
        frame.whole_page_button(selection)
    draw(scene, catalog, selection)


def draw(scene: Scene, catalog: Catalog, selection: Selection) -> None:
    """The page of one scene, the answer first and its doubts after it."""
    headline(scene)
    if "controls" not in selection.hide:
        choose.image(selection, catalog)
    nothing_robust(scene)
    columns = [st.container()] if selection.compare == "none" else st.columns(2, gap="large")
    with columns[0]:
        model_line(scene.main)
        pictures(scene, scene.main, "main")
        place = st.container(key="main_predictions")
    if selection.compare != "none":
        rival = reading(selection, catalog, selection.compare, scene.subject)
        with columns[1]:
            model_line(rival)
            pictures(scene, rival, "rival")
            predictions(scene, rival, "rival")
    channels(scene, place)
    for name, part in (("label", label_control), ("seeds", seeds), ("readings", readings)):
        if name not in selection.hide:
            part(scene)
    if "footer" not in selection.hide:
        frame.footer(scene)


page()
