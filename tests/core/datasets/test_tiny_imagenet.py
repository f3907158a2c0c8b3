import shutil
from pathlib import Path

import pytest
import torch

from core import store
from core.datasets import is_available, load_dataset
from core.errors import InputError


def test_classes_are_those_present_in_the_order_of_wnids(made_root: Path) -> None:
    data = load_dataset("tiny_imagenet", "train", made_root)
    assert data.class_names == ("n03", "goldfish", "koala")  # n03 has no words; n09 is listed but has no images
    assert data.labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert data.images[:, 0, 32, 32].mul(255).round().tolist() == pytest.approx([0, 0, 80, 80, 160, 160], abs=2)


def test_val_goes_by_its_annotations_and_gray_becomes_rgb(made_root: Path) -> None:
    data = load_dataset("tiny_imagenet", "test", made_root)
    assert data.labels.tolist() == [2, 1, 0]  # the order of the annotations; n09's image is left out
    assert data.images.shape == (3, 3, 64, 64)
    assert torch.equal(data.images[:, 0], data.images[:, 1])
    assert data.images[:, 0, 0, 0].mul(255).round().tolist() == pytest.approx([160, 80, 0], abs=2)


def test_without_words_a_class_is_called_by_its_wnid(made_root: Path, tmp_path: Path) -> None:
    shutil.copytree(made_root / "tiny-imagenet-200", tmp_path / "tiny-imagenet-200")
    (tmp_path / "tiny-imagenet-200" / "words.txt").unlink()
    assert load_dataset("tiny_imagenet", "test", tmp_path).class_names == ("n03", "n01", "n02")


def test_a_damaged_or_missing_image_is_a_sentence(made_root: Path, tmp_path: Path) -> None:
    shutil.copytree(made_root / "tiny-imagenet-200", tmp_path / "tiny-imagenet-200")
    image = tmp_path / "tiny-imagenet-200" / "val" / "images" / "val_1.JPEG"
    image.write_bytes(image.read_bytes()[:300])
    with pytest.raises(InputError, match="damaged image"):
        load_dataset("tiny_imagenet", "test", tmp_path)
    image.unlink()
    with pytest.raises(InputError, match="val_1.JPEG"):
        load_dataset("tiny_imagenet", "test", tmp_path)


def test_a_folder_without_the_listed_classes_is_a_sentence(made_root: Path, tmp_path: Path) -> None:
    shutil.copytree(made_root / "tiny-imagenet-200", tmp_path / "tiny-imagenet-200")
    (tmp_path / "tiny-imagenet-200" / "wnids.txt").write_text("n77\n")
    with pytest.raises(InputError, match="holds no train images"):
        load_dataset("tiny_imagenet", "train", tmp_path)


def test_the_real_val_split() -> None:
    if not is_available("tiny_imagenet"):
        pytest.skip(f"Tiny-ImageNet is not in {store.data_root()}")
    data = load_dataset("tiny_imagenet")
    assert len(data) == 50 * len(data.class_names)
    assert data.labels.bincount().eq(50).all()
