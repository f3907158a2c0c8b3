"""The bottleneck from open to shut: what each side of the channels still predicts as beta rises (Fig. 5)."""

import streamlit as st

from core.analysis.results import StoredResult
from dashboard.answers import one_image
from dashboard.answers.question import question
from dashboard.frame import choose
from dashboard.frame.missing import no_images
from dashboard.frame.page import page
from dashboard.frame.provenance import of_split
from dashboard.frame.view import Kind, View
from dashboard.screens.bottleneck.curves import along, channel_changes
from dashboard.screens.bottleneck.settings import TAKES, form
from dashboard.shared.words import plain

LEAD = "A larger β asks each channel for more noise; fewer take it. The true label is supplied. "


def draw(view: View) -> None:
    """The stored sweep with the current image in it."""
    summary = view.result.summary
    st.markdown(LEAD + " ".join(plain(sentence, most=1000) for sentence in summary["crossing_sentences"]))
    choose.image(view)
    found = None
    if view.image is not None:
        asked = question(view.selection, view.card, view.image)
        with st.spinner("Distilling this image at every β."):
            found = one_image.along_beta(asked, view.image, tuple(summary["betas"]))
    along(view, view.result, found)
    if found is None:
        no_images(view, "so no single image is shown")
    else:
        channel_changes(found, view.look)


def same_betas(result: StoredResult, rival: StoredResult) -> bool:
    """Whether two sweeps can stand in one chart."""
    return bool(result.summary["betas"] == rival.summary["betas"])


KIND = Kind(
    name="bottleneck", noun="sweep of", takes=TAKES, form=form, comparable=same_betas,
    sources=lambda *_: [of_split("clean")],
    live=lambda s: f"computed live, seed {s.seed}, KL {s.kl}, T per image",
)  # fmt: skip
page("bottleneck", draw, kind=KIND)
