"""How few channels it takes to change the network's mind, in the current image and in all stored ones."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.analysis.channels.figures import assignment_strip
from core.analysis.channels.rules import listed
from dashboard.answers import one_image
from dashboard.answers.question import Subject, as_stored, question
from dashboard.answers.scene import look
from dashboard.selection import session
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import Selection
from dashboard.shared.chart import chart
from dashboard.shared.words import plain
from dashboard.work.offer import fetch

if TYPE_CHECKING:
    from core.analysis.results import StoredResult

SHOWN = 12  # channels named


def flips(result: "StoredResult", selection: Selection, catalog: Catalog, image: Subject | None) -> None:
    """The smallest set of the current image, where it is at hand, and the stored sizes of all."""
    st.subheader("How few channels change its mind?", anchor="flips")
    size = None
    if image is None:
        st.info(f"The images of {plain(selection.data)} are not on this machine, so only stored sizes are shown.")
        fetch(selection.data)
    else:
        size = _of_image(result, selection, catalog, image)
    images = result.table("images")
    if "flip_size" not in images:
        return
    sizes, said = images["flip_size"].to_numpy(), result.summary["sentences"].get("flips")
    said = said or "No set of channels changes any prediction."
    st.markdown(plain(said, most=1000))
    columns = ["index", "label", "flip_size", "flip_robust", "flip_to"]
    chart(assignment_strip.flips(sizes, look(selection), size), "flips", said, images[columns].set_index("index"))


def _of_image(result: "StoredResult", selection: Selection, catalog: Catalog, image: Subject) -> int | None:
    card = catalog.cards[selection.model]
    asked = as_stored(question(selection, card, image), result.config)
    names, found = card.class_names, one_image.smallest_flip(asked, image)
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
