"""Pictures drawn from an image's features: all, the robust or the other channels', beside their twins (Fig. 3)."""

import streamlit as st

from core.analysis.results import StoredResult
from core.analysis.visualize.gallery import Gallery
from dashboard.answers import stored_results
from dashboard.frame.missing import no_images
from dashboard.frame.page import page
from dashboard.frame.view import Kind, View
from dashboard.screens.visualize import channels, controls, strip
from dashboard.screens.visualize.originals import originals
from dashboard.selection.state import Selection

READ = (
    "An optimized picture, not a photograph of what the network sees: noise, changed step by step until its features "
    "point the way of the target. The small pictures beside it, from random channels and from a network with random "
    "weights, show how much comes from the method. The number is the cosine to the target. “In views” is what was "
    "optimized: the picture shifted, turned and framed in gray; as it is shown here, it can be called something else."
)
OWN = "Pictures are drawn of test images; an own image can be explained, not drawn. A test image is shown."


def draw(view: View) -> None:
    """The stored pictures of the current image; then channels and classes."""
    of_model = stored_results.results_of("visualize", view.selection.model, view.card.sha256, Gallery)
    galleries = [gallery for gallery in of_model.values() if isinstance(gallery, Gallery)]
    if isinstance(view.stored, Gallery):
        st.markdown(strip.lead(view.stored, view.selection.image))
    if view.selection.own:
        st.info(OWN)
    controls.image(view, galleries)
    if isinstance(view.stored, Gallery):
        one_image(view, view.stored)
    for gallery in [g for g in galleries if g.channels is not None][:1]:
        channels.channels(gallery, view.selection, view.look, view.card.sha256)
        channels.classes(gallery, view.look)


def one_image(view: View, found: Gallery) -> None:
    """The strip with what it is and is not, the network beside it, and other starts."""
    image, pair = view.selection.image, originals(found, view.selection.image) if view.here else {}
    strip.strip(found, image, pair, view.look)
    st.caption(READ)
    st.markdown(strip.tally(found))
    with st.container(key="strip_files", horizontal=True, gap="small"):
        controls.downloads(found, image, pair)
        strip.strip_table(found, image)
    if not view.here:
        no_images(view, "so the image itself is missing from the row")
    if isinstance(view.rival, Gallery):
        strip.rival(view.rival, image, view.selection.compare, view.look)
    strip.starts(found, image, view.look)


def of_this_image(result: StoredResult, selection: Selection) -> bool:
    """Whether pictures of the image that is looked at are among those of a result."""
    return selection.image in result.config["images"]


KIND = Kind(
    name="visualize", noun="picture of test image {image} by", takes="about half a minute", options="--images {image}",
    form=controls.form, title="Draw this image again, with the settings above", open=True, read=Gallery,
    shows=of_this_image, sources=controls.sources,
)  # fmt: skip
page("visualize", draw, kind=KIND)
