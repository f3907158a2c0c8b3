"""The test image that pictures were drawn of, and what the attack of that drawing makes of it."""

import numpy as np
from numpy.typing import NDArray

from core.analysis.visualize.gallery import Gallery
from core.analysis.visualize.originals import originals as drawn_of
from dashboard.answers import at_hand
from dashboard.answers.remember import remembered

Pair = dict[str, NDArray[np.float32]]  # "clean" and "attacked" -> the image itself, (3, h, w)


def originals(gallery: Gallery, image: int) -> Pair:
    """The test image "clean" and, where there was an attack, "attacked", each (3, h, w)."""
    return _originals(gallery, image, at_hand.version(gallery.manifest["data"]["name"]))


@remembered
def _originals(gallery: Gallery, image: int, version: int) -> Pair:
    made = gallery.manifest
    network = at_hand.model(made["model"]["name"], made["model"]["sha256"])
    return drawn_of(gallery, network, at_hand.dataset(made["data"]["name"]), image)
