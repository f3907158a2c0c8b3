"""The bottleneck from open to shut: what each side of the channels still predicts as beta rises (Fig. 5)."""

import streamlit as st

from core.types import InputError
from dashboard import cache, session
from dashboard.catalog import Catalog, resolve
from dashboard.parts import bottleneck, choose, frame
from dashboard.parts.fetch import fetch
from dashboard.parts.missing import no_models
from dashboard.scene import UPLOAD, look, subject
from dashboard.state import Selection
from dashboard.words import plain

LEAD = "A larger β asks each channel for more noise; fewer take it. The true label is supplied. "


def page() -> None:
    """Choose, guard, fetch, draw."""
    with st.spinner("Waking the networks up; the first time takes some seconds."):
        cache.warmed_up().join()
        catalog = cache.catalog()
    if not catalog.cards:
        no_models(catalog)
        return
    selection, notes = resolve(session.current(), catalog)
    if selection.own and UPLOAD not in st.session_state:
        selection, notes = selection.change(own=False), [*notes, "The own image is not in this session any more."]
    session.keep(selection, notes)
    frame.present_style(selection)
    with st.container(key="header", horizontal=True, vertical_alignment="bottom", gap="small"):
        if selection.mode != "present" and "controls" not in selection.hide:
            choose.models(selection, catalog)
            choose.settings(selection, catalog)
        if selection.mode != "present":
            frame.copy_link()
        frame.present_button(selection)
        frame.whole_page_button(selection)
    frame.notes([*session.notes(), *catalog.refused])
    st.title("What is left as the bottleneck tightens?", anchor=False)
    try:
        draw(selection, catalog)
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")


def draw(selection: Selection, catalog: Catalog) -> None:
    """The stored sweep with the current image in it."""
    result = cache.stored_result("sweep", selection.model, catalog.cards[selection.model].sha256)
    if result is None:
        bottleneck.nothing_stored(selection.model)
        return
    st.markdown(LEAD + crossing(result.summary))
    rival = None
    if selection.compare != "none":
        rival = cache.stored_result("sweep", selection.compare, catalog.cards[selection.compare].sha256)
        rival = rival if rival is not None and rival.summary["betas"] == result.summary["betas"] else None
    if "controls" not in selection.hide:
        choose.image(selection, catalog)
    image, palette, found = subject(selection, catalog), look(selection), None
    if image is not None:
        with st.spinner("Distilling this image at every β."):
            found = bottleneck.one_image(selection, catalog, image, tuple(result.summary["betas"]))
    names, true = catalog.cards[selection.model].class_names, image.true_label if image else None
    bottleneck.along(result, rival, found, names, true, selection.beta, palette)
    if found is None:
        st.info(f"The images of {plain(selection.data)} are not on this machine, so no single image is shown.")
        fetch(selection.data)
    else:
        bottleneck.channel_changes(found, palette)
    bottleneck.footer(result, selection, image)


def crossing(summary: dict[str, list[str]]) -> str:
    """Where the accuracy curves cross, as Markdown."""
    return " ".join(plain(sentence, most=1000) for sentence in summary["crossing_sentences"])


page()
