"""The images that pictures were drawn of, and what the attack of that drawing makes of them."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.analysis.visualize.gallery import OWN, Gallery
from core.attacks import ATTACKS, Attack, attack_draws
from core.config import from_dict
from core.datasets import Dataset
from core.datasets import own as own_pictures
from core.models import Staged
from core.seeding import generator
from core.types import Images, Labels


def originals(gallery: Gallery, model: Staged, data: Dataset, image: int) -> dict[str, NDArray[np.float32]]:
    """The image "clean" and, where there was an attack, "attacked", each (3, h, w).

    Raises:
        InputError: a person's own picture that is not kept here any more.
    """
    device, attack = next(model.parameters()).device, _attack(gallery.config["attack"])
    x, y = (part.to(device) for part in _image(gallery, data, image))
    found = {"clean": x[0].cpu().numpy()}
    if attack is not None:
        seed = gallery.config["seed"]
        draws = attack_draws(attack, seed, [max(image, 0)])
        if gallery.manifest["version"] == 1:  # then all images shared one start
            draws = [generator(seed, "attack")]
        found["attacked"] = attack(model, x, y, generator=draws)[0].cpu().numpy()
    return found


def _image(gallery: Gallery, data: Dataset, image: int) -> tuple[Images, Labels]:
    """(1, 3, h, w) and (1,)."""
    if image != OWN:
        return data.images[image : image + 1], data.labels[image : image + 1]
    labels = gallery.strips.loc[gallery.strips["image"] == OWN, "label"]
    return own_pictures.read(gallery.own, data.image_size), torch.tensor(labels.iloc[:1].to_numpy())


def _attack(config: dict[str, Any] | None) -> Attack | None:
    if config is None:
        return None
    return from_dict(next(entry for entry in ATTACKS.values() if entry.__name__ == config["kind"]), config)
