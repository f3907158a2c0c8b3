from pathlib import Path

import torch

from core import store
from core.datasets.base import DATASETS, Dataset, DatasetInfo, Split, described
from core.datasets.upload import read_image
from core.errors import InputError

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
UNLABELED = "unlabeled"

INFO = DatasetInfo(
    title="Your own images",
    image_size=32,
    num_classes=None,
    train_count=None,
    test_count=None,
    epsilon=0.03,
    citation="the person who made them",
)


def place(root: Path) -> Path:
    """Where the images lie: `folder` in the default data root, else the given root itself."""
    return root / "folder" if root == store.data_root() else root


def at_hand(root: Path) -> bool:
    """Whether there is such a folder with a picture in it, or in one of its sub-folders."""
    folder = place(root)
    return any(_pictures(folder)) or any(any(_pictures(inner)) for inner in _classes(folder))


@DATASETS.register("folder")
@described(INFO, at_hand)
def folder(split: Split, root: Path) -> Dataset:
    """A person's own images at 32x32; both splits are all of them. `read_folder` reads them at another size."""
    return read_folder(place(root), INFO.image_size, split)


def read_folder(path: Path, size: int, split: Split = "test") -> Dataset:
    """The pictures of a folder, in the order of their names, each as `read_image` makes it.

    Every sub-folder is a class; a folder without any is one class, "unlabeled". Files of other kinds are left out.

    Args:
        path: the folder.
        size: side of the images, in pixels.
        split: what the result calls itself.
    Raises:
        InputError: no such folder, no picture in it, pictures beside class folders, or one that `read_image` refuses.
    """
    if not path.is_dir():
        raise InputError(f"There is no folder {str(path)!r}; put your images there, or name another one as the root.")
    classes, loose = _classes(path), _pictures(path)
    if classes and loose:
        raise InputError(f"{path} holds both class folders and the picture {loose[0].name!r}; move it into a class.")
    groups = {inner.name: _pictures(inner) for inner in classes} if classes else {UNLABELED: loose}
    files = [(file, label) for label, group in enumerate(groups.values()) for file in group]
    if not files:
        raise InputError(f"{path} holds no picture; put PNG, JPEG or WebP files there.")
    return Dataset(
        name="folder",
        split=split,
        images=torch.cat([_read(file, size) for file, _ in files]),
        labels=torch.tensor([label for _, label in files]),
        class_names=tuple(groups),
        epsilon=INFO.epsilon,
    )


def _read(file: Path, size: int) -> torch.Tensor:
    try:
        return read_image(file, size)
    except InputError as error:
        raise InputError(f"{file.parent.name}/{file.name}: {error}") from error


def _classes(path: Path) -> list[Path]:
    """Sub-folders that hold a picture, by name."""
    inner = (entry for entry in path.iterdir() if entry.is_dir()) if path.is_dir() else ()
    return sorted(entry for entry in inner if _pictures(entry))


def _pictures(path: Path) -> list[Path]:
    """Files of a folder that are named like pictures, by name."""
    inner = path.iterdir() if path.is_dir() else ()
    return sorted(file for file in inner if file.suffix.lower() in SUFFIXES and not file.name.startswith("."))
