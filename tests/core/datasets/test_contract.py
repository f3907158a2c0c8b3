"""What every registered data set promises."""

import hashlib
from pathlib import Path

import pytest
import torch

from core import store
from core.datasets import DATASETS, Dataset, is_available, load_dataset
from core.errors import InputError

NAMES = tuple(DATASETS)
EMBEDDED = tuple(name for name, entry in DATASETS.items() if entry.info.embedded)


@pytest.fixture(scope="module")
def roots(made_root: Path) -> dict[str, Path]:
    """For each set the root to test it in: a made-up one, else the machine's data root."""
    places = {name: made_root / "folder" if name == "folder" else made_root for name in NAMES}
    return {name: root if is_available(name, root) else store.data_root() for name, root in places.items()}


def load(name: str, split: str, roots: dict[str, Path]) -> Dataset:
    if not is_available(name, roots[name]):
        pytest.skip(f"{name} is not in the data root of this machine")
    return load_dataset(name, split, roots[name])  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_images_and_labels_are_what_the_networks_expect(name: str, roots: dict[str, Path]) -> None:
    data, info = load(name, "test", roots), DATASETS[name].info
    assert data.images.dtype == torch.float32
    assert data.images.shape == (len(data), 3, info.image_size, info.image_size)
    assert data.images.is_contiguous()
    assert data.images.min() >= 0
    assert data.images.max() <= 1
    assert data.labels.dtype == torch.int64
    assert data.labels.shape == (len(data),)
    assert set(data.labels.tolist()) == set(range(len(data.class_names)))
    assert len(set(data.class_names)) == len(data.class_names)
    assert (data.name, data.split, data.epsilon, data.image_size) == (name, "test", info.epsilon, info.image_size)


@pytest.mark.parametrize("name", NAMES)
def test_two_loads_are_equal(name: str, roots: dict[str, Path]) -> None:
    first, second = load(name, "test", roots), load(name, "test", roots)
    assert torch.equal(first.images, second.images)
    assert torch.equal(first.labels, second.labels)
    assert first.class_names == second.class_names


@pytest.mark.parametrize("name", EMBEDDED)
def test_embedded_splits_share_no_image_and_have_the_stated_size(name: str, roots: dict[str, Path]) -> None:
    train, test = load(name, "train", roots), load(name, "test", roots)
    info = DATASETS[name].info
    assert (len(train), len(test), len(test.class_names)) == (info.train_count, info.test_count, info.num_classes)
    assert train.class_names == test.class_names
    assert set(train.labels.tolist()) == set(range(len(train.class_names)))
    assert not digests(train) & digests(test)


def digests(data: Dataset) -> set[bytes]:
    return {hashlib.blake2b(image.numpy().tobytes(), digest_size=16).digest() for image in data.images}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in EMBEDDED])
def test_data_that_are_not_there_are_said_to_be_missing(name: str, tmp_path: Path) -> None:
    assert not is_available(name, tmp_path)
    with pytest.raises(InputError, match=r"data fetch|put PNG") as caught:
        load_dataset(name, "test", tmp_path)
    assert "\n" not in str(caught.value)


def test_an_embedded_set_is_always_at_hand(tmp_path: Path) -> None:
    assert EMBEDDED
    assert all(is_available(name, tmp_path / "nowhere") for name in EMBEDDED)


def test_bad_names_are_answered_in_a_sentence() -> None:
    with pytest.raises(InputError, match="Did you mean 'digits'"):
        load_dataset("digit")
    with pytest.raises(InputError, match="Unknown split 'val'; known are train, test"):
        load_dataset("digits", "val")  # type: ignore[arg-type]


def test_every_download_has_a_hash() -> None:
    downloads = [download for entry in DATASETS.values() for download in entry.info.downloads]
    assert downloads
    assert all(len(bytes.fromhex(download.md5)) == 16 for download in downloads)
