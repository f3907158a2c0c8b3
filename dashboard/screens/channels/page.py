"""Which channels are robust for an image, a class or all; does anything simpler say the same; the network without."""

from dataclasses import replace

import numpy as np
import streamlit as st

from core.analysis.results import StoredResult
from dashboard.answers.question import Subject
from dashboard.answers.scene import subject
from dashboard.frame import choose, stored
from dashboard.frame.page import page
from dashboard.screens.channels import assignment, flips, surgery
from dashboard.screens.channels.settings import another, footer
from dashboard.selection import session
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import Selection
from dashboard.shared.words import plain


def draw(selection: Selection, catalog: Catalog) -> None:
    """The stored assignment, from all images down to one."""
    result = stored.chosen("channels", selection, catalog)
    if result is None:
        st.info(f"No assignment of **{plain(selection.model)}** is stored here yet.", icon=":material/hourglass:")
        st.code(f"python -m core channels {selection.model} --n 500", language="bash")
        another(selection, catalog)
        return
    said, image = result.summary["sentences"], subject(selection, catalog)
    st.markdown(" ".join(plain(said[topic], most=1000) for topic in ("split", "seeds") if topic in said))
    controls = "controls" not in selection.hide
    if controls and selection.over == "image":
        choose.image(selection, catalog)
    workbench(result, selection, catalog, image)
    st.divider()
    if controls and selection.over != "image":
        choose.image(selection, catalog)
    flips.flips(result, selection, catalog, image)
    if controls:
        another(selection, catalog)
    if "footer" not in selection.hide:
        footer(result, image)


@st.fragment
def workbench(result: StoredResult, before: Selection, catalog: Catalog, image: Subject | None) -> None:
    """Bars, points, surgery and classes; a choice of channels reruns only this."""
    selection = session.current()
    if replace(selection, channel=0, edit="") != replace(before, channel=0, edit=""):
        session.keep(selection)
        st.rerun()  # other images are counted
    left, right = st.columns([3, 2], gap="large")
    with right:
        assignment.one_channel(result, selection, catalog)
        stays = surgery.read(result, selection)
        surgery.surgery(result, selection, catalog, stays)
    removed = () if stays is None else tuple(np.flatnonzero(~stays).tolist())
    with left:
        if "controls" not in selection.hide:
            label = image.true_label if image is not None and image.true_label is not None else 0
            assignment.over(selection, catalog.cards[selection.model].class_names, label)
        assignment.figure(result, selection, catalog, image, removed)
        assignment.agreement(result)
    assignment.classes(result, selection)
    session.keep(selection)


page("Which channels are robust, and for what?", draw)
