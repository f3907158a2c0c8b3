"""The smallest flipping set: how few channels it takes out of a network to change what it says of one image."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.analysis.split import BATCH, linear_tail, pooled
from core.distillation import masked
from core.types import Classifier, Features


@dataclass(frozen=True)
class Flip:
    """The smallest set of channels whose removal changes what the network says of one image.

    Args:
        channels: to remove, those that contribute most first.
        before, after: predicted classes.
        exact: whether no smaller set exists (a pooled linear tail); else the set was found greedily.
    """

    channels: tuple[int, ...]
    before: int
    after: int
    exact: bool


@torch.no_grad()
def smallest_flip(model: Classifier, z: Features, at: str | None = None) -> Flip | None:
    """The fewest channels of one image's features `z` (1, c, h, w) without which the network predicts another class.

    With a pooled linear tail (W, b) and pooled vector p, the margin of the predicted class i over j without the
    channels S is b_i - b_j + sum over k not in S of p_k (W_ik - W_jk), so that for each j removing the largest terms
    first is optimal, and the smallest of these sets is the smallest of all. Behind any other tail the channel whose
    removal leaves the smallest margin is removed, again and again.

    Returns:
        None where no removal helps: what is left, at the end the bias alone, still predicts the same class.
    """
    linear = linear_tail(model, at)
    return _greedy(model, z, at) if linear is None else _exact(linear, pooled(model, z, at)[0])


def _exact(linear: nn.Linear, vector: Tensor) -> Flip | None:
    logits = linear(vector)
    before = int(logits.argmax())
    terms = vector * (linear.weight[before] - linear.weight)  # (k, c): what each channel adds to the margin over j
    order = terms.argsort(dim=1, descending=True, stable=True)
    margins = (logits[before] - logits)[:, None] - terms.gather(1, order).cumsum(dim=1)
    holding = (margins >= 0).int().cumprod(dim=1).sum(dim=1)  # removals that do not yet flip, rival by rival
    rival = int(holding.argmin())
    for size in range(int(holding[rival]) + 1, len(vector) + 1):  # once, unless rounding hides a margin of almost zero
        removed = order[rival, :size]
        after = int(linear(vector.index_fill(0, removed, 0)).argmax())
        if after != before:
            return Flip(tuple(removed.tolist()), before, after, exact=True)
    return None


def _greedy(model: Classifier, z: Features, at: str | None) -> Flip | None:
    before = int(model.head(z, at).argmax())
    keep = torch.ones(z.shape[1], dtype=torch.bool, device=z.device)
    removed: list[int] = []
    while bool(keep.any()):
        candidates = keep.nonzero()[:, 0]
        masks = keep.repeat(len(candidates), 1)
        masks[torch.arange(len(candidates)), candidates] = False
        logits = torch.cat([model.head(masked(z, part), at) for part in masks.split(BATCH)])
        others = logits.clone()
        others[:, before] = -torch.inf
        best = int((logits[:, before] - others.amax(dim=1)).argmin())
        keep = masks[best]
        removed.append(int(candidates[best]))
        after = int(logits[best].argmax())
        if after != before:
            return Flip(tuple(removed), before, after, exact=False)
    return None
