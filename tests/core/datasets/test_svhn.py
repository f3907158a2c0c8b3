import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.io import loadmat, savemat

from core.datasets import load_dataset
from core.errors import InputError


def test_pixels_and_labels_are_those_of_the_file(made_root: Path) -> None:
    data = load_dataset("svhn", "train", made_root)
    file = loadmat(made_root / "train_32x32.mat")
    assert torch.equal((data.images[7] * 255).round().byte(), torch.from_numpy(file["X"][..., 7]).permute(2, 0, 1))
    assert data.labels[7] == file["y"][7, 0] == 8
    assert data.class_names == tuple("0123456789")


def test_the_files_ten_is_the_digit_zero(made_root: Path) -> None:
    data = load_dataset("svhn", "test", made_root)
    file = loadmat(made_root / "test_32x32.mat")
    assert file["y"][9, 0] == 10
    assert data.labels[9] == 0


@pytest.mark.parametrize("damage", ["noise", "cut", "layout", "names"])
def test_any_other_file_is_refused(damage: str, made_root: Path, tmp_path: Path) -> None:
    path = tmp_path / "test_32x32.mat"
    if damage == "noise":
        path.write_bytes(b"no such file format" * 100)
    elif damage == "cut":
        shutil.copy(made_root / "test_32x32.mat", path)
        path.write_bytes(path.read_bytes()[:5000])
    elif damage == "layout":
        savemat(path, {"X": np.zeros((4, 32, 32, 3), np.uint8), "y": np.ones((4, 1))})
    else:
        savemat(path, {"A": np.zeros(3)})
    with pytest.raises(InputError, match=r"not SVHN's original file; .* data fetch svhn"):
        load_dataset("svhn", "test", tmp_path)
