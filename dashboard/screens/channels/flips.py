"""How few channels it takes to change the network's answer, in the current image and in all stored ones."""

import numpy as np
import streamlit as st

from core.analysis.channels import findings
from core.analysis.channels.figures import flip_sizes
from core.analysis.channels.flips import Flip
from core.analysis.channels.rules import listed
from dashboard.answers import one_image
from dashboard.answers.image import OneImage
from dashboard.answers.question import as_stored, question
from dashboard.frame import choose
from dashboard.frame.missing import no_images
from dashboard.frame.reach import unfold
from dashboard.frame.view import View
from dashboard.selection import session
from dashboard.shared.chart import chart
from dashboard.shared.words import plain

SHOWN = 12  # channels named


def draw(view: View) -> None:
    """The smallest set of the current image, where it is at hand, and the stored sizes of all."""
    choose.image(view)
    result, size = view.result, None
    if view.image is None:
        no_images(view, "so only stored sizes are shown")
    else:
        size = _of_image(view, view.image)
    images = result.table("images")
    if "flip_size" not in images:
        return
    said = findings.sentences(result.summary).get("flips", "No set of channels changes any prediction.")
    st.markdown(said)
    columns = ["index", "label", "flip_size", "flip_robust", "flip_to"]
    figure = flip_sizes.flips(images["flip_size"].to_numpy(), view.look, size)
    chart(figure, "flips", said, images[columns].set_index("index"))


def _of_image(view: View, image: OneImage) -> int | None:
    """Say what the smallest set of one image is; its size, None where there is none."""
    asked = as_stored(question(view.selection, view.card, image), view.result.config)
    found = one_image.smallest_flip(asked, image)
    if found is None:
        st.markdown(f"No set of channels changes what the network says of {plain(image.name)} when it is removed.")
        return None
    robust = int(one_image.over_seeds(asked, image)[0][list(found.channels)].sum())
    st.markdown(_words(view, image, found, robust))
    gone = listed(np.isin(np.arange(view.result.summary["channels"]), found.channels))
    if view.controls:
        st.button("Cut these out for all images", key="cut_flip", on_click=_cut, args=(f"drop {gone}",))
    return len(found.channels)


def _cut(edit: str) -> None:
    session.choose(edit=edit)
    unfold("cutting")


def _words(view: View, image: OneImage, found: Flip, robust: int) -> str:
    names, count = view.card.class_names, len(found.channels)
    some = ", ".join(map(str, found.channels[:SHOWN])) + " …" * (count > SHOWN)
    return (
        f"Without **{count}** of {view.result.summary['channels']} channels ({some}) the network calls "
        f"{plain(image.name)} **{plain(names[found.after])}**, no longer **{plain(names[found.before])}**. "
        f"{robust} of them are robust. "
        f"{'No smaller set does.' if found.exact else 'Found greedily: a smaller set may do as well.'}"
    )
