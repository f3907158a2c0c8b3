import torch
from sklearn.datasets import load_digits

from core.datasets import load_dataset
from core.datasets.digits import held_out_rows, rows_without

FIRST_ROWS = [11, 16, 17, 18, 22, 29, 35, 36]


def test_split_is_stratified_and_complete() -> None:
    labels = torch.from_numpy(load_digits().target).long()
    test = held_out_rows(labels)
    train = rows_without(test, len(labels))
    assert torch.equal(torch.cat([train, test]).sort().values, torch.arange(1797))
    share = labels[test].bincount() / labels.bincount()
    assert (share - 500 / 1797).abs().max() < 0.01


def test_split_never_changes() -> None:
    labels = torch.from_numpy(load_digits().target).long()
    assert held_out_rows(labels)[:8].tolist() == FIRST_ROWS  # models are shipped for this very split


def test_images_are_the_originals_enlarged() -> None:
    data = load_dataset("digits", "test")
    row = FIRST_ROWS[0]
    small = torch.from_numpy(load_digits().images[row]).float() / 16
    assert data.labels[0] == load_digits().target[row]
    assert torch.equal(data.images[0, 0], data.images[0, 2])
    means = data.images[0, 0].unfold(0, 4, 4).unfold(1, 4, 4).mean(dim=(2, 3))  # each block of 4x4 came from one pixel
    assert torch.corrcoef(torch.stack([means.flatten(), small.flatten()]))[0, 1] > 0.97
