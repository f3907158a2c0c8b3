"""The test images that Figures 3 and 4 show, by a rule."""

from collections.abc import Iterator
from itertools import islice

import torch
from torch import Tensor

from core.analysis.attacked import attacked
from core.analysis.experiment import Subject
from core.analysis.split import features
from core.attacks import ATTACKS, Attack
from core.distillation import Bottleneck, masked
from core.errors import InputError


def turned(subject: Subject, attack: Attack, *, n: int, seed: int) -> Iterator[int]:
    """The test images, of the first `n`, that the attack turns from right to wrong; attacked as they are asked for."""
    return (index for index, _ in _turned(subject, attack, n, seed))


def first_turned(subject: Subject, attack: Attack, *, count: int, n: int, seed: int) -> tuple[int, ...]:
    """The first `count` of them.

    Raises:
        InputError: the attack turns none.
    """
    found = tuple(islice(turned(subject, attack, n=n, seed=seed), count))
    if not found:
        name, n = ATTACKS.name_of(attack), min(n, len(subject.data))
        raise InputError(f"{name} turns none of the first {n} test images, so there is nothing to show; take more.")
    return found


def coincidence(subject: Subject, attack: Attack, bottleneck: Bottleneck, *, n: int, seed: int) -> int:
    """The first turned image whose non-robust channels, distilled from the attacked image, alone say what f(x_adv) is.

    Figure 4 shows one such image. Without one among the first `n`, the first turned image.

    Raises:
        InputError: the attack turns none.
    """
    for index, x_adv in _turned(subject, attack, n, seed):
        if _coincides(subject, index, x_adv, bottleneck, seed):
            return index
    return first_turned(subject, attack, count=1, n=n, seed=seed)[0]


def _turned(subject: Subject, attack: Attack, n: int, seed: int) -> Iterator[tuple[int, Tensor]]:
    """Position and attacked pixels (1, c, h, w)."""
    for batch in attacked(subject, attack, n=min(n, len(subject.data)), seed=seed):
        with torch.no_grad():
            right = (subject.model(batch.x).argmax(dim=1) == batch.y).cpu()
        for i in (right & (batch.done.predicted != batch.y.cpu())).nonzero()[:, 0].tolist():
            yield int(batch.rows[i]), batch.x_adv[i : i + 1]


def _coincides(subject: Subject, index: int, x_adv: Tensor, bottleneck: Bottleneck, seed: int) -> bool:
    at, model = bottleneck.cut, subject.model
    z = features(model, x_adv, at)
    y = subject.data.labels[index : index + 1].to(z.device)
    robust = bottleneck.of_features(model, z, y, seed=seed).robust
    with torch.no_grad():
        same = model.head(z, at).argmax() == model.head(masked(z, ~robust), at).argmax()
        return bool(same and not robust.all())  # nobody speaks for a side without channels
