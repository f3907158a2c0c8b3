"""A data root with small made-up sets in the original layouts: SVHN, Tiny-ImageNet and a person's own pictures."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

WNIDS = ("n03", "n01", "n02")  # not sorted: the order of the file is the order of the labels


def noise(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def write_svhn(root: Path, split: str, seed: int) -> None:
    labels = np.arange(1, 21, dtype=np.uint8)[:, None] % 10
    labels[labels == 0] = 10
    savemat(root / f"{split}_32x32.mat", {"X": noise(seed, 32, 32, 3, 20), "y": labels})


def write_tiny_imagenet(root: Path) -> None:
    folder = root / "tiny-imagenet-200"
    (folder / "val" / "images").mkdir(parents=True)
    (folder / "wnids.txt").write_text("\n".join((*WNIDS, "n09")) + "\n")  # n09 has no images: a subset
    (folder / "words.txt").write_text("n01\tgoldfish, Carassius auratus\nn02\tkoala\nn09\tteapot\n")
    rows = ["val_9.JPEG\tn09\t0\t0\t9\t9"]
    for label, wnid in enumerate(WNIDS):
        (folder / "train" / wnid / "images").mkdir(parents=True)
        for i in range(2):
            Image.new("RGB", (64, 64), (80 * label, 0, 0)).save(folder / "train" / wnid / "images" / f"{wnid}_{i}.JPEG")
        Image.new("L", (64, 64), 80 * label).save(folder / "val" / "images" / f"val_{label}.JPEG")
        rows.insert(0, f"val_{label}.JPEG\t{wnid}\t0\t0\t9\t9")
    (folder / "val" / "val_annotations.txt").write_text("\n".join(rows) + "\n")


def write_folder(folder: Path) -> None:
    for name, color in (("cat", "red"), ("dog", "blue")):
        (folder / name).mkdir(parents=True)
        Image.new("RGB", (48, 40), color).save(folder / name / "a.png")
        Image.new("RGB", (40, 48), color).save(folder / name / "b.JPG")
    (folder / "cat" / "notes.txt").write_text("not a picture")


@pytest.fixture(scope="session")
def made_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with every set that a test may write itself; CIFAR-10's hashes forbid an imitation."""
    root = tmp_path_factory.mktemp("data")
    write_svhn(root, "train", seed=1)
    write_svhn(root, "test", seed=2)
    write_tiny_imagenet(root)
    write_folder(root / "folder")
    return root
