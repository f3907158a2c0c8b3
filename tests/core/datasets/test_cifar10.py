from pathlib import Path

import pytest

from core import store
from core.datasets import is_available, load_dataset
from core.errors import InputError


def test_the_real_test_split() -> None:
    if not is_available("cifar10"):
        pytest.skip(f"CIFAR-10 is not in {store.data_root()}")
    data = load_dataset("cifar10")
    assert data.images.shape == (10_000, 3, 32, 32)
    assert data.labels.bincount().eq(1000).all()
    assert data.class_names[3] == "cat"


def test_a_file_with_another_hash_is_never_opened(tmp_path: Path) -> None:
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    for name in ("batches.meta", "test_batch", *(f"data_batch_{i}" for i in range(1, 6))):
        (folder / name).write_bytes(b"cos\nsystem\n(S'touch " + str(tmp_path / "ran").encode() + b"'\ntR.")
    assert is_available("cifar10", tmp_path)
    with pytest.raises(InputError, match="data fetch cifar10"):
        load_dataset("cifar10", "test", tmp_path)
    assert not (tmp_path / "ran").exists()
