"""The test images that Figures 3 and 4 show, by a rule."""

import torch

from core.analysis.explain import features
from core.analysis.survey import BATCH
from core.attacks import ATTACKS, Attack
from core.datasets import Dataset
from core.distillation import Bottleneck, masked
from core.seeding import generator
from core.types import Classifier, InputError


def turned(model: Classifier, data: Dataset, attack: Attack, *, count: int, seed: int) -> tuple[int, ...]:
    """The first `count` test images that the attack turns from right to wrong.

    Raises:
        InputError: the attack turns none of them.
    """
    found: list[int] = []
    for start in range(0, len(data), BATCH):
        x, y = data.images[start : start + BATCH], data.labels[start : start + BATCH]
        with torch.no_grad():
            right = model(x).argmax(dim=1) == y
            found += (start + (right & (_after(model, attack, x, y, start, seed) != y)).nonzero()[:, 0]).tolist()
        if len(found) >= count:
            break
    if not found:
        raise InputError(f"{ATTACKS.name_of(attack)} turns none of the test images, so there is nothing to show.")
    return tuple(found[:count])


def coincidence(model: Classifier, data: Dataset, attack: Attack, bottleneck: Bottleneck, *, seed: int) -> int:
    """The first turned image whose non-robust channels, distilled from the attacked image, alone say what f(x_adv) is.

    Figure 4 shows one such image. Without one in the whole set, the first turned image.
    """
    at, candidates = bottleneck.cut, turned(model, data, attack, count=len(data), seed=seed)
    for index in candidates:
        x, y = data.images[index : index + 1], data.labels[index : index + 1]
        x_adv = attack(model, x, y, generator=generator(seed, "attack"))
        z = features(model, x_adv, at)
        robust = bottleneck.of_features(model, z, y, seed=seed).robust
        with torch.no_grad():
            if model.head(z, at).argmax() == model.head(masked(z, ~robust), at).argmax():
                return index
    return candidates[0]


def _after(model: Classifier, attack: Attack, x: torch.Tensor, y: torch.Tensor, start: int, seed: int) -> torch.Tensor:
    """What the network says of a batch after the attack, (n,); the start is the one that pictures are drawn with."""
    return model(attack(model, x, y, generator=[generator(seed, "attack") for _ in y])).argmax(dim=1)
