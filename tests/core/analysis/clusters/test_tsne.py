import numpy as np
import torch

from core.analysis.clusters.tsne import trust, tsne
from core.seeding import generator
from tests.core.analysis.clusters.test_purity import cloud


def test_a_map_that_is_the_space_itself_is_to_be_trusted_and_a_shuffled_one_is_not() -> None:
    vectors = cloud(1)[:, :2]
    assert trust(vectors, vectors, 5) == 1
    assert trust(vectors, vectors[torch.randperm(40, generator=generator(2)).numpy()], 5) < 0.8


def test_a_map_repeats_with_its_seed_and_starts_elsewhere_with_another() -> None:
    places, about = tsne(cloud(20), 5, 250, 0, start="random")
    assert places.shape == (40, 2)
    assert np.abs(places.mean(axis=0)).max() < 1e-3
    assert about["points"] == 40
    assert 0.5 < about["trustworthiness"] <= 1
    assert np.array_equal(tsne(cloud(20), 5, 250, 0, start="random")[0], places)
    assert not np.allclose(tsne(cloud(20), 5, 250, 1, start="random")[0], places)
