import itertools

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from torch import nn

from core.analysis.channels.agreement import (
    flip_rate,
    jaccard,
    largest,
    seed_jaccard,
    similarity_order,
    spearman,
    weight_margin,
    weight_mask,
)
from core.seeding import generator


def test_rank_correlation_is_that_of_the_library_with_ties() -> None:
    first = torch.randint(0, 5, (3, 40), generator=generator(0)).float()
    second = first + torch.randint(0, 4, (3, 40), generator=generator(1))
    expected = [spearmanr(a, b).statistic for a, b in zip(first.numpy(), second.numpy(), strict=True)]
    assert spearman(first, second) == pytest.approx(expected)
    assert np.isnan(spearman(torch.ones(1, 4), torch.rand(1, 4, generator=generator(2)))).all()


def test_overlap_of_two_masks() -> None:
    first = torch.tensor([[1, 1, 0], [0, 0, 0], [1, 1, 1]]).bool()
    second = torch.tensor([[0, 1, 1], [0, 0, 0], [1, 1, 1]]).bool()
    found = jaccard(first, second)
    assert found[0] == pytest.approx(1 / 3)
    assert np.isnan(found[1])
    assert found[2] == 1


def test_seeds_are_compared_pair_by_pair() -> None:
    masks = torch.rand(4, 3, 6, generator=generator(0)) > 0.5
    masks[:, 2] = False
    pairs = list(itertools.combinations(range(4), 2))
    overlaps = [[jaccard(masks[a, i : i + 1], masks[b, i : i + 1])[0] for a, b in pairs] for i in range(2)]
    found = seed_jaccard(masks)
    assert found[:2] == pytest.approx([np.nanmean(row) for row in overlaps])
    assert np.isnan(found[2])
    assert np.isnan(seed_jaccard(masks[:1])).all()
    differ = torch.stack([masks[a] != masks[b] for a, b in pairs]).double().mean(dim=0)
    assert torch.allclose(flip_rate(masks), differ)
    assert flip_rate(masks[:1]).isnan().all(), "one seed says nothing of others"


def test_the_largest_entries_of_each_row() -> None:
    values = torch.tensor([[3.0, 1, 2], [1, 2, 3]])
    assert largest(values, torch.tensor([2, 0])).tolist() == [[True, False, True], [False, False, False]]


def test_weights_speak_for_a_class_where_they_exceed_the_mean() -> None:
    linear = nn.Linear(3, 2)
    linear.weight.data = torch.tensor([[1.0, 0, 2], [0, 0, 4]])
    assert weight_margin(linear).tolist() == [[0.5, 0, -1], [-0.5, 0, 1]]
    assert weight_mask(linear, torch.tensor([1, 0])).tolist() == [[False, False, True], [True, False, False]]


def test_similar_rows_come_side_by_side() -> None:
    rows = np.array([[0.0, 0], [9, 9], [0, 1], [9, 8], [0, 0.5]])
    order = similarity_order(rows)
    assert sorted(order) == [0, 1, 2, 3, 4]
    assert abs(order.index(1) - order.index(3)) == 1
    assert similarity_order(rows[:2]) == [0, 1]
