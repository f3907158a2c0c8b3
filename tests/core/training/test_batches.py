import dataclasses

import pytest
import torch

from core.datasets import Dataset
from core.device import Place
from core.errors import InputError
from core.training import Augmentation
from core.training.batches import Batches


def batches(data: Dataset, size: int = 20, seed: int = 0, place: Place | None = None) -> Batches:
    return Batches.of(data, size, None, seed, place or Place())


def numbered(data: Dataset) -> Dataset:
    """Labels that say which image it is."""
    return dataclasses.replace(data, labels=torch.arange(len(data)))


def test_an_epoch_shows_no_image_twice_and_leaves_out_what_fills_no_batch(data: Dataset) -> None:
    shown = torch.cat([batches(numbered(data))(step)[1] for step in range(3)])
    assert batches(data).per_epoch == 3
    assert len(shown.unique()) == 60


def test_images_come_with_their_labels_channels_last(data: Dataset) -> None:
    x, rows = batches(numbered(data))(4)
    assert torch.equal(x, data.images[rows])
    assert x.is_contiguous(memory_format=torch.channels_last)


def test_every_epoch_has_its_own_order_and_every_seed_its_own_orders(data: Dataset) -> None:
    orders = [batches(data, seed=seed).order(epoch) for seed in (0, 1) for epoch in (0, 1)]
    assert len({tuple(order.tolist()) for order in orders}) == 4


def test_the_processes_share_a_batch_without_overlap(data: Dataset) -> None:
    alone = batches(numbered(data))(5)[1]
    parts = [batches(numbered(data), place=Place(rank=rank, world=2))(5)[1] for rank in (0, 1)]
    assert [len(part) for part in parts] == [10, 10]
    assert torch.equal(torch.cat(parts).sort().values, alone.sort().values)


def test_the_processes_augment_an_image_as_one_process_would(data: Dataset) -> None:
    whole = Batches.of(data, 20, Augmentation(), 0, Place())(5)[0]
    parts = [Batches.of(data, 20, Augmentation(), 0, Place(rank=rank, world=2))(5)[0] for rank in (0, 1)]
    assert torch.equal(parts[0], whole[0::2])
    assert torch.equal(parts[1], whole[1::2])


def test_fewer_images_than_a_batch_are_one_batch(data: Dataset) -> None:
    assert batches(data, size=500).per_epoch == 1
    assert len(batches(data, size=500)(0)[1]) == 64


def test_a_batch_that_does_not_divide_is_refused(data: Dataset) -> None:
    with pytest.raises(InputError, match="20 does not divide over 3 processes; change --batch-size"):
        batches(data, place=Place(world=3))


def test_no_images_are_refused(data: Dataset) -> None:
    with pytest.raises(InputError, match="holds no images"):
        batches(dataclasses.replace(data, images=data.images[:0], labels=data.labels[:0]))
