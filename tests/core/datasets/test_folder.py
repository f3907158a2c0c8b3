from pathlib import Path

import pytest
import torch
from PIL import Image

from core import store
from core.datasets import is_available, load_dataset
from core.datasets.folder import read_folder
from core.errors import InputError


def test_sub_folders_are_classes(made_root: Path) -> None:
    data = load_dataset("folder", root=made_root / "folder")
    assert data.class_names == ("cat", "dog")
    assert data.labels.tolist() == [0, 0, 1, 1]
    assert data.images[:, :, 16, 16].round().tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]]
    assert torch.equal(data.images, load_dataset("folder", "train", made_root / "folder").images)


def test_a_flat_folder_is_one_class(made_root: Path) -> None:
    data = read_folder(made_root / "folder" / "dog", size=64)
    assert data.class_names == ("unlabeled",)
    assert data.images.shape == (2, 3, 64, 64)


def test_the_default_data_root_has_its_own_place_for_it(made_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEATURE_SIEVE_DATA", str(made_root))
    assert store.data_root() == made_root
    assert is_available("folder")
    assert load_dataset("folder").class_names == ("cat", "dog")


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "a.png").write_bytes(b"GIF89a" + bytes(100))
    with pytest.raises(InputError, match=r"^cat/a\.png: Expected a PNG"):
        load_dataset("folder", root=tmp_path)


def test_pictures_beside_classes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "cat").mkdir()
    for name in ("cat/a.png", "loose.png"):
        Image.new("RGB", (40, 40)).save(tmp_path / name)
    with pytest.raises(InputError, match="loose.png"):
        load_dataset("folder", root=tmp_path)


def test_no_folder_and_no_picture(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no folder"):
        load_dataset("folder", root=tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no picture"):
        load_dataset("folder", root=tmp_path)
