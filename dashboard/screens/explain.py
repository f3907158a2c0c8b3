"""Explain one image: what an attack does to it, and what each side of the channels says before and after."""

import streamlit as st

from core.types import InputError
from dashboard import session
from dashboard.catalog import Catalog
from dashboard.parts import choose, frame
from dashboard.parts.channels import channels
from dashboard.parts.export import export
from dashboard.parts.headline import headline, model_line
from dashboard.parts.label import label_control
from dashboard.parts.missing import missing_data, nothing_robust
from dashboard.parts.page import opened
from dashboard.parts.pictures import pictures
from dashboard.parts.predictions import predictions
from dashboard.parts.readings import readings
from dashboard.parts.seeds import seeds
from dashboard.scene import Scene, look, reading, subject
from dashboard.state import Selection
from dashboard.words import plain


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
