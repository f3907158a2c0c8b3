"""The test images that pictures were drawn of, and what the attack of that drawing makes of them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.analysis.explain.explanation import attacked
from core.analysis.visualize.gallery import Gallery
from core.attacks import ATTACKS, Attack
from core.config import from_dict
from core.datasets import Dataset
from core.models import Staged


def originals(gallery: Gallery, model: Staged, data: Dataset, image: int) -> dict[str, NDArray[np.float32]]:
    """The test image "clean" and, where there was an attack, "attacked", each (3, h, w)."""
    device = next(model.parameters()).device
    x, attack = data.images[image : image + 1], _attack(gallery.config["attack"])
    found = {"clean": x[0].cpu().numpy()}
    if attack is not None:
        x_adv = attacked(model, x.to(device), int(data.labels[image]), attack, gallery.config["seed"])
        found["attacked"] = x_adv[0].cpu().numpy()
    return found


def _attack(config: dict[str, Any] | None) -> Attack | None:
    if config is None:
        return None
    return from_dict(next(entry for entry in ATTACKS.values() if entry.__name__ == config["kind"]), config)
