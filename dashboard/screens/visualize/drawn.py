"""How the pictures are drawn and read, how often they are called the true class, and every number of them."""

import streamlit as st

from core.analysis.visualize.findings import tallies
from core.analysis.visualize.gallery import Gallery
from dashboard.frame.view import View
from dashboard.screens.visualize import controls
from dashboard.screens.visualize.originals import originals
from dashboard.screens.visualize.six import named
from dashboard.shared.table import explained, show_data

PLAIN = (
    "The picture begins as noise and is changed step by step until its features point the way of the target: those of "
    "the image with all, only the robust or only the non-robust channels left in. It is not a photograph of what the "
    "network sees; any network has some picture for any features."
)
EXACT = (
    "What a picture is called, and how surely, is the mean over views: shifted, turned and framed in gray, as it was "
    "optimized. As it is shown here it can be called something else: `called` in the table. Small cosines of few "
    "channels are usual, since what is left out is not held at nothing."
)
FORMULA = (
    r"\max_x\; \langle a(x), r\rangle \left(\frac{\langle a(x), r\rangle}{\lVert r\rVert}\right)^{2},\quad r = z\odot m"
)


def draw(view: View) -> None:
    """The tally beside its controls, the files, and the formula."""
    found, image = view.stored, controls.looked_at(view)
    assert isinstance(found, Gallery)
    rows = [f"| {tally.name} | {tally.called} of {tally.of} |" for tally in tallies(found)]
    head = f"| drawn from ({len(found.images)} images, clean and attacked) | called the true class |"
    st.markdown("\n".join([head, "|---|---|", *rows]))
    with st.container(key="six_files", horizontal=True, gap="small"):
        explained("How is a picture read?", PLAIN, FORMULA, EXACT, "visualize")
        controls.downloads(found, image, originals(found, image) if view.here else {})
        part = named(found.strips[found.strips["image"] == image], found.class_names)
        show_data(part.set_index(["network", "mask", "images", "side", "seed"]), f"visualize-{image}")


def has(view: View) -> bool:
    """Whether there are pictures of the image."""
    return isinstance(view.stored, Gallery)
