"""The test image that pictures were drawn of, and what the attack of that drawing makes of it."""

import numpy as np
from numpy.typing import NDArray

from core.analysis.explain.explanation import attacked
from core.analysis.visualize.gallery import Gallery
from core.attacks import ATTACKS
from core.config import from_dict
from dashboard.answers import at_hand
from dashboard.answers.remember import remembered


def originals(gallery: Gallery, image: int) -> dict[str, NDArray[np.float32]]:
    """The test image "clean" and, where there was an attack, "attacked", each (3, h, w)."""
    return _originals(gallery, image, at_hand.version(gallery.manifest["data"]["name"]))


@remembered
def _originals(gallery: Gallery, image: int, version: int) -> dict[str, NDArray[np.float32]]:
    made, attack = gallery.manifest, gallery.config["attack"]
    data = at_hand.dataset(made["data"]["name"])
    x, found = data.images[image : image + 1], {"clean": data.images[image].numpy()}
    if attack is not None:
        entry = next(entry for entry in ATTACKS.values() if entry.__name__ == attack["kind"])
        network = at_hand.model(made["model"]["name"], made["model"]["sha256"])
        label, seed = int(data.labels[image]), gallery.config["seed"]
        found["attacked"] = attacked(network, x, label, from_dict(entry, attack), seed)[0].numpy()
    return found
