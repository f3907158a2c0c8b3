"""How far a split agrees with something simpler: the classifier's weights, plain variance, chance, another seed."""

import itertools

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.types import Labels


def weight_margin(linear: nn.Linear) -> Tensor:
    """W_y - mean_j W_j for each class and channel, (k, c): how far a channel speaks for a class."""
    return linear.weight.detach() - linear.weight.detach().mean(dim=0)


def weight_mask(linear: nn.Linear, y: Labels) -> Tensor:
    """The trivial split (n, c) bool that optimizes nothing: a channel is in if its weight speaks for the label."""
    return weight_margin(linear)[y] > 0


def largest(values: Tensor, counts: Tensor) -> Tensor:
    """For each row of `values` (n, c) the mask (n, c) of its `counts` (n,) largest entries."""
    ranks = values.argsort(dim=1, descending=True, stable=True).argsort(dim=1)
    return ranks < counts[:, None]


def spearman(first: Tensor, second: Tensor) -> NDArray[np.floating]:
    """Rank correlation of each row of (n, c) with its counterpart, (n,), equal values sharing a rank.

    NaN where a row is constant.
    """
    ranks = [pd.DataFrame(t.double().cpu().numpy()).rank(axis=1).to_numpy() for t in (first, second)]
    a, b = (rank - rank.mean(axis=1, keepdims=True) for rank in ranks)
    scale = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.divide((a * b).sum(axis=1), scale, out=np.full(len(a), np.nan), where=scale > 0)


def jaccard(first: Tensor, second: Tensor) -> NDArray[np.floating]:
    """Overlap |A and B| / |A or B| of each row's channels, (n,); NaN where both are empty."""
    both, either = (first & second).sum(dim=1).double(), (first | second).sum(dim=1).double()
    return torch.where(either > 0, both / either, torch.nan).cpu().numpy()


def seed_jaccard(masks: Tensor) -> NDArray[np.floating]:
    """Mean overlap of each image's masks (seeds, n, c) over all pairs of seeds, (n,); NaN with one seed."""
    pairs = [jaccard(masks[i], masks[j]) for i, j in itertools.combinations(range(len(masks)), 2)]
    if not pairs:
        return np.full(masks.shape[1], np.nan)
    counted = np.isfinite(pairs)
    total = np.where(counted, pairs, 0).sum(axis=0)
    return np.divide(total, counted.sum(axis=0), out=np.full(len(total), np.nan), where=counted.any(axis=0))


def flip_rate(masks: Tensor) -> Tensor:
    """Of all pairs of seeds the share that puts a channel on different sides, (n, c), from masks (seeds, n, c).

    With one seed there is no pair: unknown, NaN.
    """
    seeds = len(masks)
    robust = masks.double().sum(dim=0)
    return robust * (seeds - robust) / (seeds * (seeds - 1) / 2 or torch.nan)


def similarity_order(rows: NDArray[np.floating]) -> list[int]:
    """The rows' numbers, similar rows side by side: leaves of average-linkage clustering, best turned at each fork."""
    from scipy.cluster.hierarchy import leaves_list, linkage

    if len(rows) < 3:
        return list(range(len(rows)))
    return leaves_list(linkage(rows, "average", optimal_ordering=True)).tolist()
