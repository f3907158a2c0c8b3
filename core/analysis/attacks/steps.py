"""One image on its way through PGD: every iterate, and what each side of its channels says of it."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.analysis.split import features
from core.attacks import PGD
from core.attacks.losses import LOSSES
from core.attacks.pgd import ascend
from core.distillation import read_out
from core.seeding import Draws
from core.types import Classifier, Images, Labels


@dataclass(frozen=True)
class Trace:
    """The clean image, the attack's start and its iterates, k in all.

    Args:
        images: (k, c, h, w).
        probabilities: of every class, (k, classes), read from "all", "robust" and "nonrobust" channels; a side that
            has no channels says nothing, and is not there.
    """

    images: NDArray[np.float32]
    probabilities: dict[str, NDArray[np.floating]]


def iterates(model: Classifier, attack: PGD, x: Images, y: Labels, *, generator: Draws) -> Tensor:
    """The clean image (1, c, h, w), the start and what follows each step, (2 + steps, c, h, w).

    The attack's own steps, taken one at a time: the last is what `attack(model, x, y, generator=generator)` returns.
    """
    x_adv = attack.threat.random_start(x, generator) if attack.random_start else x
    seen, loss = [x, x_adv], partial(LOSSES[attack.loss], y=y)
    for _ in range(attack.steps):
        seen.append(ascend(attack.threat, model, loss, x, seen[-1], 1, attack.step))
    return torch.cat(seen)


def trace(
    model: Classifier, attack: PGD, x: Images, label: int, robust: Tensor, *, generator: Draws, cut: str | None = None
) -> Trace:
    """Every iterate read from all channels and from each side of the clean image's split.

    Args:
        x: the clean image, (1, c, h, w).
        label: the class that the attack moves away from.
        robust: the split's robust channels, (1, c) bool.
        generator: of the attack's start.
        cut: where the channels were split.
    """
    images = iterates(model, attack, x, torch.tensor([label], device=x.device), generator=generator)
    said = read_out(model, features(model, images, cut), robust.expand(len(images), -1), cut)
    speaking = {"all": True, "robust": bool(robust.any()), "nonrobust": not robust.all()}
    probabilities = {
        side: getattr(said, side).softmax(dim=1).cpu().numpy() for side, speaks in speaking.items() if speaks
    }
    return Trace(images.cpu().numpy(), probabilities)
