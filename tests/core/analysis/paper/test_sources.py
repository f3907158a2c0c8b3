from dataclasses import replace

import pytest
import torch

from core.analysis.paper.sources import SOURCES, Splitter, partners
from core.analysis.split import features, wrong_labels
from tests.core.analysis.conftest import BOTTLENECK, Bench

EVERY = torch.arange(5)


def test_what_each_source_supplies(bench: Bench) -> None:
    z = features(bench.model, bench.data.images, "conv5_3")
    with torch.no_grad():
        said = bench.model.head(z).argmax(dim=1)
    y = bench.data.labels
    found = Splitter(bench.model, bench.data, BOTTLENECK, seed=0).splits(EVERY, z)
    assert list(found) == list(SOURCES)
    assert torch.equal(found["predicted"].supplied, said)
    assert (found["wrong"].supplied != y).all()
    assert (found["runner-up"].supplied != y).all()
    assert torch.equal(found["random"].robust.sum(dim=1), found["true"].robust.sum(dim=1))
    assert torch.equal(found["same class"].supplied[found["same class"].there], y[found["same class"].there])


def test_partners_are_the_next_of_all_images() -> None:
    y = torch.tensor([0, 1, 0, 1, 2])
    assert partners(y, EVERY, same=True).tolist() == [2, 3, 0, 1, -1]
    assert partners(y, EVERY, same=False).tolist() == [1, 2, 3, 4, 0]
    assert partners(y, EVERY[3:], same=True).tolist() == [1, -1]
    assert partners(torch.tensor([3]), EVERY[:1], same=True).tolist() == [-1]
    assert partners(torch.tensor([3, 3]), EVERY[:2], same=False).tolist() == [-1, -1]


def test_with_two_hundred_classes_no_image_is_its_own_partner() -> None:
    """Of 100 images of 200 classes most have no partner in their batch; among 1,000 nearly all have one."""
    y = torch.randint(200, (1000,), generator=torch.Generator().manual_seed(0))
    for start in range(0, 1000, 100):
        rows = torch.arange(start, start + 100)
        for same in (True, False):
            found = partners(y, rows, same=same)
            there = found >= 0
            assert (found != rows).all()
            assert ((y[found] == y[rows])[there] == same).all()
            assert all((y == y[row]).sum() == 1 for row in rows[~there]) if same else there.all()
            outside = there & ((found < start) | (found >= start + 100))
            assert not same or outside.sum() > 30


@pytest.mark.parametrize("tolerance", ["image", "batch"])
def test_a_partner_outside_the_batch_brings_its_own_split(bench: Bench, tolerance: str) -> None:
    distiller = replace(BOTTLENECK, tolerance=tolerance)  # type: ignore[arg-type]
    splitter = Splitter(bench.model, bench.data, distiller, seed=0)
    rows = torch.tensor([0, 1])  # of classes 0 and 1; the others of these are images 3 and 4
    z = features(bench.model, bench.data.images[rows], "conv5_3")
    found = splitter.splits(rows, z)["same class"]
    assert found.there.all()
    for mask, other in zip(found.robust, (3, 4), strict=True):
        alone = BOTTLENECK(bench.model, bench.data.images[other : other + 1], bench.data.labels[other : other + 1])
        largest = (
            alone.tolerance
            if tolerance == "image"
            else distiller.of_features(bench.model, z, bench.data.labels[rows]).tolerance[:1]
        )
        assert torch.equal(mask, (alone.noise_variance > largest[:, None])[0])


def test_wrong_labels_of_one_batch_are_not_those_of_another_with_another_seed() -> None:
    """With `seed + start` image 100 of seed 0 drew what image 0 of seed 100 did; and so did every image after it."""
    y = torch.zeros(300, dtype=torch.long)
    first, later = wrong_labels(y, 200, 100), wrong_labels(y, 200, 0)
    assert not torch.equal(first[:100], later[100:200])
    assert (first[:200] == later[100:]).float().mean() < 0.1


def test_an_image_draws_its_own_wrong_label_in_any_batch() -> None:
    y = torch.arange(20) % 7
    whole = wrong_labels(y, 7, 3)
    assert torch.equal(whole[5:9], wrong_labels(y[5:9], 7, 3, range(5, 9)))
    assert (whole != y).all()
