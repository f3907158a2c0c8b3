"""The pictures that would give an image's features, from all, robust and non-robust channels, clean and attacked."""

from collections.abc import Sequence

from core.analysis.results import StoredResult
from core.analysis.visualize.gallery import Gallery
from dashboard.frame.page import page
from dashboard.frame.parts import Part
from dashboard.frame.view import Kind
from dashboard.screens.visualize import channels, controls, drawn, others, six
from dashboard.selection.state import Selection

PARTS = (
    Part(name="rival", title="What does the other network draw?", draw=others.rival, when=others.has_rival),
    Part(name="starts", title="Is it the only such picture?", draw=others.starts, when=others.has_starts, slide=False),
    Part(name="single", title="What raises one channel?", draw=channels.single, when=channels.has_single, slide=False),
    Part(
        name="shared",
        title="And the channels that a class shares?",
        draw=channels.shared,
        when=channels.has_shared,
        slide=False,
    ),
    Part(name="drawn", title="How is it drawn?", draw=drawn.draw, when=drawn.has, slide=False),
)


def of_this_image(result: StoredResult, selection: Selection) -> bool:
    """Whether pictures of the image that is looked at are among those of a result."""
    config, truth = result.config, selection.truth
    if selection.own:  # with the class that it is said to be of now
        same = config.get("own_class", []) == ([] if truth < 0 else [truth])
        return same and config.get("own", "").startswith(selection.own)
    return selection.image in config["images"]


def a_stored_image(results: Sequence[StoredResult], selection: Selection) -> Selection | None:
    """The first test image that pictures are stored of; None where there are none."""
    images = [image for result in results for image in result.config["images"]]
    return selection.change(own="", image=images[0]) if images else None


KIND = Kind(
    name="visualize", noun="picture of {image} by", takes="about half a minute", options="--images {image}",
    own_options="--image-file PATH",
    form=controls.form, title="Draw this image again, with the settings above", open=True, read=Gallery,
    shows=of_this_image, instead=a_stored_image, sources=controls.sources,
)  # fmt: skip
page("visualize", six.draw, parts=PARTS, kind=KIND)
