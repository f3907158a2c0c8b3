import numpy as np
import pytest
import torch

from core.analysis.clusters.purity import chance, purity, silhouette
from core.seeding import generator

LABELS = np.repeat(np.arange(4), 10)


def cloud(spread: float) -> np.ndarray:
    """40 points around four corners of a space of eight dimensions."""
    noise = torch.randn(40, 8, generator=generator(0)).numpy()
    return (100 * np.eye(4, 8)[LABELS] + spread * noise).astype(np.float32)


def test_groups_far_apart_are_pure_and_have_a_silhouette_near_one() -> None:
    assert purity(cloud(1), LABELS, 5) == 1
    assert silhouette(cloud(1), LABELS) > 0.95


def test_labels_that_nothing_supports_are_as_pure_as_chance() -> None:
    shuffled = LABELS[torch.randperm(40, generator=generator(1)).numpy()]
    assert purity(cloud(1), shuffled, 9) == pytest.approx(chance(shuffled), abs=0.12)
    assert silhouette(cloud(1), shuffled) < 0.05


def test_purity_counts_the_nearest_others_one_by_one() -> None:
    vectors, k = cloud(60), 3
    distances = ((vectors[:, None] - vectors[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    shares = [(LABELS[np.argsort(row)[:k]] == label).mean() for row, label in zip(distances, LABELS, strict=True)]
    assert purity(vectors, LABELS, k) == pytest.approx(np.mean(shares))


def test_chance_is_the_share_of_pairs_with_one_label() -> None:
    labels = np.array([0, 0, 0, 1, 1, 2])
    pairs = [(a, b) for a in range(6) for b in range(6) if a != b]
    assert chance(labels) == pytest.approx(np.mean([labels[a] == labels[b] for a, b in pairs]))


def test_a_silhouette_of_one_group_does_not_exist() -> None:
    assert np.isnan(silhouette(cloud(1), np.zeros(40, dtype=int)))
