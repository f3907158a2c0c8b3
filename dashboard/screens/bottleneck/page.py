"""The bottleneck from open to shut: what each side of the channels still predicts as beta rises (Fig. 5)."""

import streamlit as st

from dashboard.answers import stored_results
from dashboard.answers.scene import look, subject
from dashboard.frame import choose, stored
from dashboard.frame.page import page
from dashboard.screens.bottleneck import curves as bottleneck
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import Selection
from dashboard.shared.words import plain
from dashboard.work.offer import fetch

LEAD = "A larger β asks each channel for more noise; fewer take it. The true label is supplied. "


def draw(selection: Selection, catalog: Catalog) -> None:
    """The stored sweep with the current image in it."""
    result = stored.chosen("bottleneck", selection, catalog)
    if result is None:
        bottleneck.nothing_stored(selection.model)
        return
    st.markdown(LEAD + crossing(result.summary))
    rival = None
    if selection.compare != "none":
        rival = stored_results.stored_result("bottleneck", selection.compare, catalog.cards[selection.compare].sha256)
        rival = rival if rival is not None and rival.summary["betas"] == result.summary["betas"] else None
    if "controls" not in selection.hide:
        choose.image(selection, catalog)
    image, palette, found = subject(selection, catalog), look(selection), None
    if image is not None:
        with st.spinner("Distilling this image at every β."):
            found = bottleneck.along_betas(selection, catalog, image, tuple(result.summary["betas"]))
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


page("What is left as the bottleneck tightens?", draw)
