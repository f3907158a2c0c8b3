"""The test images that pictures were drawn of, and what the attack of that drawing makes of them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.analysis.visualize.gallery import Gallery
from core.attacks import ATTACKS, Attack, attack_draws
from core.config import from_dict
from core.datasets import Dataset
from core.models import Staged
from core.seeding import generator


def originals(gallery: Gallery, model: Staged, data: Dataset, image: int) -> dict[str, NDArray[np.float32]]:
    """The test image "clean" and, where there was an attack, "attacked", each (3, h, w)."""
    device, attack = next(model.parameters()).device, _attack(gallery.config["attack"])
    x, y = (part[image : image + 1].to(device) for part in (data.images, data.labels))
    found = {"clean": x[0].cpu().numpy()}
    if attack is not None:
        seed = gallery.config["seed"]
        draws = attack_draws(attack, seed, [image])
        if gallery.manifest["version"] == 1:  # then all images shared one start
            draws = [generator(seed, "attack")]
        found["attacked"] = attack(model, x, y, generator=draws)[0].cpu().numpy()
    return found


def _attack(config: dict[str, Any] | None) -> Attack | None:
    if config is None:
        return None
    return from_dict(next(entry for entry in ATTACKS.values() if entry.__name__ == config["kind"]), config)
