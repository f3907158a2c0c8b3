from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from core.datasets.base import DATASETS, Dataset, DatasetInfo, Download, Split, as_images, described
from core.errors import InputError

FOLDER = "tiny-imagenet-200"
SIZE = 64

INFO = DatasetInfo(
    title="Tiny-ImageNet",
    image_size=SIZE,
    num_classes=200,
    train_count=100_000,
    test_count=10_000,
    epsilon=0.03,
    citation="Y. Le, X. Yang, Tiny ImageNet visual recognition challenge, Stanford CS231N 2015",
    downloads=(
        Download(
            url="http://cs231n.stanford.edu/tiny-imagenet-200.zip",
            md5="90528d7ca1a48142e341f4ef8d21d0de",
            megabytes=237,
            publishes=FOLDER,
        ),
    ),
)


def at_hand(root: Path) -> bool:
    """Whether the original folder, with all or some of its classes, lies in `root`."""
    folder = root / FOLDER
    return (folder / "wnids.txt").is_file() and (folder / "val" / "val_annotations.txt").is_file()


def count(root: Path) -> int:
    """Classes of the folder in `root` that have images."""
    return len(_present(root / FOLDER))


@DATASETS.register("tiny_imagenet")
@described(INFO, at_hand, count)
def tiny_imagenet(split: Split, root: Path) -> Dataset:
    """Tiny-ImageNet in its original folder layout, 64x64; "test" is the labeled `val`.

    Any subset of the 200 classes will do: the classes are those of `wnids.txt`, in its order, that have a folder in
    `train`. Say how many there are (`len(class_names)`) beside every number that comes from a subset.
    """
    folder = root / FOLDER
    if not at_hand(root):
        raise InputError(f"Tiny-ImageNet is not in {root}; run `python -m core data fetch tiny_imagenet`.")
    wnids = _present(folder)
    listing = _train(folder, wnids) if split == "train" else _val(folder, wnids)
    if not (files := list(listing)):
        raise InputError(f"{folder} holds no {split} images of the classes in wnids.txt; fetch the data set again.")
    return Dataset(
        name="tiny_imagenet",
        split=split,
        images=as_images(_decode([path for path, _ in files])),
        labels=torch.tensor([label for _, label in files]),
        class_names=_names(folder, wnids),
        epsilon=INFO.epsilon,
    )


def _present(folder: Path) -> list[str]:
    return [wnid for wnid in _lines(folder / "wnids.txt") if (folder / "train" / wnid / "images").is_dir()]


def _train(folder: Path, wnids: list[str]) -> Iterator[tuple[Path, int]]:
    for label, wnid in enumerate(wnids):
        for path in sorted((folder / "train" / wnid / "images").glob("*.JPEG")):
            yield path, label


def _val(folder: Path, wnids: list[str]) -> Iterator[tuple[Path, int]]:
    labels = {wnid: label for label, wnid in enumerate(wnids)}
    for line in _lines(folder / "val" / "val_annotations.txt"):
        name, wnid = line.split("\t")[:2]
        if wnid in labels:
            yield folder / "val" / "images" / name, labels[wnid]


def _names(folder: Path, wnids: list[str]) -> tuple[str, ...]:
    """The first synonym of each class in `words.txt`, where there is one; else the class's wnid."""
    words = folder / "words.txt"
    rows = (line.split("\t") for line in _lines(words)) if words.is_file() else ()
    synonyms = {row[0]: row[1] for row in rows if len(row) == 2}
    return tuple(synonyms.get(wnid, wnid).split(",")[0] for wnid in wnids)


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _decode(paths: list[Path]) -> torch.Tensor:
    """uint8 (n, 64, 64, 3); gray images become RGB. Threads pay: the decoder runs outside Python's lock."""
    pixels = np.empty((len(paths), SIZE, SIZE, 3), dtype=np.uint8)

    def read(row: int) -> None:
        with Image.open(paths[row], formats=("JPEG",)) as image:
            pixels[row] = np.asarray(image.convert("RGB"))

    try:
        with ThreadPoolExecutor() as pool:
            list(pool.map(read, range(len(paths))))
    except (OSError, ValueError) as error:
        raise InputError(f"{paths[0].parents[1]} holds a damaged image ({error}); fetch the data set again.") from error
    return torch.from_numpy(pixels)
