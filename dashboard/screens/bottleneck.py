"""The bottleneck from open to shut: what each side of the channels still predicts as beta rises (Fig. 5)."""

import streamlit as st

from dashboard import cache
from dashboard.catalog import Catalog
from dashboard.parts import bottleneck, choose, stored
from dashboard.parts.fetch import fetch
from dashboard.parts.page import page
from dashboard.scene import look, subject
from dashboard.state import Selection
from dashboard.words import plain

LEAD = "A larger β asks each channel for more noise; fewer take it. The true label is supplied. "


def draw(selection: Selection, catalog: Catalog) -> None:
    """The stored sweep with the current image in it."""
    result = stored.chosen("sweep", selection, catalog)
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


page("What is left as the bottleneck tightens?", draw)
