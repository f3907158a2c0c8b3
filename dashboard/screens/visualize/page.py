"""Pictures drawn from an image's features: all, the robust or the other channels', beside their twins (Fig. 3)."""

import streamlit as st

from dashboard.answers import stored_results
from dashboard.answers.scene import look
from dashboard.frame.page import page
from dashboard.screens.visualize import (
    channels as visualize_channels,
)
from dashboard.screens.visualize import (
    controls as visualize_controls,
)
from dashboard.screens.visualize import (
    strip as visualize,
)
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import Selection
from dashboard.shared.words import plain
from dashboard.work.offer import fetch

READ = (
    "An optimized picture, not a photograph of what the network sees: noise, changed step by step until its features "
    "point the way of the target. The small pictures beside it, from random channels and from a network with random "
    "weights, show how much comes from the method. The number is the cosine to the target. “In views” is what was "
    "optimized: the picture shifted, turned and framed in gray; as it is shown here, it can be called something else."
)
OWN = "Pictures are drawn of test images; an own image can be explained, not drawn. A test image is shown."


def draw(selection: Selection, catalog: Catalog) -> None:
    """The stored pictures of the current image, or the button that draws them; then channels and classes."""
    card, palette = catalog.cards[selection.model], look(selection)
    galleries = stored_results.galleries(selection.model, card.sha256)
    lead = st.container()
    if selection.own:
        st.info(OWN)
    if "controls" not in selection.hide:
        visualize_controls.image(selection, catalog, galleries)
    found = visualize_controls.chosen(selection, catalog, galleries)
    if found is None:
        lead.markdown(f"No picture of test image {selection.image} is stored for **{plain(card.name)}** yet.")
        visualize_controls.render(selection, catalog)
    else:
        lead.markdown(visualize.lead(found, selection.image))
        one_image(found, selection, catalog)
    for gallery in [g for g in galleries.values() if g.channels is not None][:1]:
        visualize_channels.channels(gallery, selection, palette, card.sha256)
        visualize_channels.classes(gallery, palette)
    if found is not None and "footer" not in selection.hide:
        visualize_controls.footer(found, selection.image)


def one_image(found: "visualize.Gallery", selection: Selection, catalog: Catalog) -> None:
    """The strip with what it is and is not, the network beside it, other starts, and another drawing."""
    palette, here = look(selection), selection.data in catalog.images
    pair = stored_results.originals(found, selection.image) if here else {}
    visualize.strip(found, selection.image, pair, palette)
    st.caption(READ)
    st.markdown(visualize.tally(found))
    with st.container(key="strip_files", horizontal=True, gap="small"):
        visualize_controls.downloads(found, selection.image, pair)
        visualize.strip_table(found, selection.image)
    if not here:
        st.info(f"The image itself joins the row where {plain(selection.data)} is on the machine.")
        fetch(selection.data)
    if selection.compare != "none":
        others = stored_results.galleries(selection.compare, catalog.cards[selection.compare].sha256).values()
        if beside := next((g for g in others if selection.image in g.images), None):
            visualize.rival(beside, selection.image, selection.compare, palette)
    visualize.starts(found, selection.image, palette)
    if "controls" not in selection.hide:
        visualize_controls.another(found, selection, catalog)


page("Which picture would give these features?", draw)
