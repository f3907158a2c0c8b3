"""The test images that Figures 3 and 4 show, by a rule."""

from collections.abc import Iterator
from itertools import islice

import torch
from torch import Tensor

from core.analysis.split import BATCH, features
from core.attacks import ATTACKS, Attack
from core.datasets import Dataset
from core.distillation import Bottleneck, masked
from core.errors import InputError
from core.models import Staged
from core.seeding import generator


def turned(model: Staged, data: Dataset, attack: Attack, *, n: int, seed: int) -> Iterator[int]:
    """The test images, of the first `n`, that the attack turns from right to wrong; attacked as they are asked for."""
    n = min(n, len(data))
    for start in range(0, n, BATCH):
        x, y = _on_device(model, data, slice(start, min(start + BATCH, n)))
        draws = [generator(seed, "attack") for _ in y]  # the start that pictures are drawn with
        with torch.no_grad():
            right = model(x).argmax(dim=1) == y
            after = model(attack(model, x, y, generator=draws)).argmax(dim=1)
        yield from (start + (right & (after != y)).nonzero()[:, 0]).tolist()


def first_turned(model: Staged, data: Dataset, attack: Attack, *, count: int, n: int, seed: int) -> tuple[int, ...]:
    """The first `count` of them.

    Raises:
        InputError: the attack turns none.
    """
    found = tuple(islice(turned(model, data, attack, n=n, seed=seed), count))
    if not found:
        name, n = ATTACKS.name_of(attack), min(n, len(data))
        raise InputError(f"{name} turns none of the first {n} test images, so there is nothing to show; take more.")
    return found


def coincidence(model: Staged, data: Dataset, attack: Attack, bottleneck: Bottleneck, *, n: int, seed: int) -> int:
    """The first turned image whose non-robust channels, distilled from the attacked image, alone say what f(x_adv) is.

    Figure 4 shows one such image. Without one among the first `n`, the first turned image.

    Raises:
        InputError: the attack turns none.
    """
    for index in turned(model, data, attack, n=n, seed=seed):
        if _coincides(model, data, index, attack, bottleneck, seed):
            return index
    return first_turned(model, data, attack, count=1, n=n, seed=seed)[0]


def _coincides(model: Staged, data: Dataset, index: int, attack: Attack, bottleneck: Bottleneck, seed: int) -> bool:
    at = bottleneck.cut
    x, y = _on_device(model, data, slice(index, index + 1))
    z = features(model, attack(model, x, y, generator=generator(seed, "attack")), at)
    robust = bottleneck.of_features(model, z, y, seed=seed).robust
    with torch.no_grad():
        return bool(model.head(z, at).argmax() == model.head(masked(z, ~robust), at).argmax())


def _on_device(model: Staged, data: Dataset, part: slice) -> tuple[Tensor, Tensor]:
    device = next(model.parameters()).device
    return data.images[part].to(device), data.labels[part].to(device)
