"""How few channels it takes to change the network's mind, in the current image and in all stored ones."""

import numpy as np
import streamlit as st

from core.analysis.channels.figures import flip_sizes
from core.analysis.channels.rules import listed
from dashboard.answers import one_image
from dashboard.answers.image import OneImage
from dashboard.answers.question import as_stored, question
from dashboard.frame.missing import no_images
from dashboard.frame.view import View
from dashboard.selection import session
from dashboard.shared.chart import chart
from dashboard.shared.words import plain

SHOWN = 12  # channels named


def flips(view: View) -> None:
    """The smallest set of the current image, where it is at hand, and the stored sizes of all."""
    st.subheader("How few channels change its mind?", anchor="flips")
    result, size = view.result, None
    if view.image is None:
        no_images(view, "so only stored sizes are shown")
    else:
        size = _of_image(view, view.image)
    images = result.table("images")
    if "flip_size" not in images:
        return
    sizes, said = images["flip_size"].to_numpy(), result.summary["sentences"].get("flips")
    said = said or "No set of channels changes any prediction."
    st.markdown(plain(said, most=1000))
    columns = ["index", "label", "flip_size", "flip_robust", "flip_to"]
    chart(flip_sizes.flips(sizes, view.look, size), "flips", said, images[columns].set_index("index"))


def _of_image(view: View, image: OneImage) -> int | None:
    result = view.result
    asked = as_stored(question(view.selection, view.card, image), result.config)
    names, found = view.card.class_names, one_image.smallest_flip(asked, image)
    if found is None:
        st.markdown(f"No set of channels changes what the network says of {plain(image.name)} when it is removed.")
        return None
    robust = one_image.over_seeds(asked, image)[0]
    count, some = len(found.channels), ", ".join(map(str, found.channels[:SHOWN]))
    st.markdown(
        f"Without **{count}** of {result.summary['channels']} channels ({some}{' …' if count > SHOWN else ''}) the "
        f"network says **{plain(names[found.after])}** of {plain(image.name)}, no longer "
        f"**{plain(names[found.before])}**; "
        f"{int(robust[list(found.channels)].sum())} of them are robust. "
        f"{'No smaller set does.' if found.exact else 'Found greedily: a smaller set may do as well.'}"
    )
    gone = np.isin(np.arange(result.summary["channels"]), found.channels)
    st.button(
        "Cut these out for all images", key="cut_flip", on_click=session.choose, kwargs={"edit": f"drop {listed(gone)}"}
    )
    return count
