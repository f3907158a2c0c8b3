"""Rows to distill side by side: they may differ in image, label, beta, seed and, where the tails are alike, network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.distillation.tails import pooled_tail
from core.types import Classifier, Features, Labels


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """Rows of one network; no row's result depends on the rows beside it.

    Args:
        model: frozen, in eval mode.
        z: features of some images at the cut, (n, c, h, w).
        image: which of them each row is of, (r,).
        y: label that each row is given, (r,).
        beta: weight of each row's KL term, (r,).
        seeds: of each row's noise, r of them.
    """

    model: Classifier
    z: Features
    image: Tensor
    y: Labels
    beta: Tensor
    seeds: Sequence[int]

    def __len__(self) -> int:
        return len(self.y)


def alike(rows: Sequence[Rows], at: str | None) -> list[list[int]]:
    """Positions of those that can go through one loop, as their tails have the same form and the same shapes."""
    groups: dict[object, list[int]] = {}
    for k, each in enumerate(rows):
        tail = pooled_tail(each.model, at)
        form = (k,) if tail is None else (tail.max_pool, *tail.linear.weight.shape, each.z.shape[1:], each.z.dtype)
        groups.setdefault(form, []).append(k)
    return list(groups.values())


def in_turn(lengths: Sequence[int], most: int) -> Iterator[list[tuple[int, Tensor]]]:
    """At most so many rows at once, the others after them: for each turn, whose rows and which of them."""
    owner = torch.cat([torch.full((length,), k) for k, length in enumerate(lengths)])
    row = torch.cat([torch.arange(length) for length in lengths])
    for whose, which in zip(owner.split(most), row.split(most), strict=True):
        yield [(k, which[whose == k]) for k in whose.unique().tolist()]
