"""Which channels are robust for an image, a class or all; does anything simpler say the same; the network without."""

from dataclasses import replace

import numpy as np
import streamlit as st

from dashboard.frame import choose
from dashboard.frame.page import page
from dashboard.frame.view import Kind, View
from dashboard.screens.channels import assignment, flips, surgery
from dashboard.screens.channels.settings import TAKES, form, sources
from dashboard.selection import session
from dashboard.shared.words import plain


def draw(view: View) -> None:
    """The stored assignment, from all images down to one."""
    said, of_image = view.result.summary["sentences"], view.selection.over == "image"
    st.markdown(" ".join(plain(said[topic], most=1000) for topic in ("split", "seeds") if topic in said))
    if of_image:
        choose.image(view)
    workbench(view)
    st.divider()
    if not of_image:
        choose.image(view)
    flips.flips(view)


@st.fragment
def workbench(before: View) -> None:
    """Bars, points, surgery and classes; a choice of channels reruns only this."""
    selection, old = session.current(), before.selection
    if replace(selection, channel=0, edit="") != replace(old, channel=0, edit=""):
        session.keep(selection)
        st.rerun()  # other images are counted
    view = replace(before, selection=selection)
    left, right = st.columns([3, 2], gap="large")
    with right:
        assignment.one_channel(view)
        stays = surgery.read(view)
        surgery.surgery(view, stays)
    removed = () if stays is None else tuple(np.flatnonzero(~stays).tolist())
    with left:
        if view.controls:
            assignment.over(view)
        assignment.figure(view, removed)
        assignment.agreement(view.result)
    assignment.classes(view)
    session.keep(selection)


KIND = Kind(
    name="channels", noun="assignment of", takes=TAKES, form=form, sources=sources,
    live=lambda _: "computed live with the same settings",
)  # fmt: skip
page("channels", draw, kind=KIND)
