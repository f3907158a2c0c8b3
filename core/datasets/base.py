"""What a data set is, and all of them by name."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch

from core import store
from core.errors import InputError
from core.registry import Registry
from core.types import Images, Labels

Split = Literal["train", "test"]


@dataclass(frozen=True)
class Dataset:
    """Images and labels in memory.

    Args:
        name: as registered.
        split: "train" or "test".
        images: float32 (n, c, h, w) in [0, 1].
        labels: int64 (n,).
        class_names: in label order.
        epsilon: the radius (linf, pixel units) that suits the data; a default, not a law.
    """

    name: str
    split: str
    images: Images
    labels: Labels
    class_names: tuple[str, ...]
    epsilon: float

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def image_size(self) -> int:
        """Side of the square images, in pixels."""
        return self.images.shape[-1]

    @property
    def sha256(self) -> str:
        """Hash of all pixels and labels; the one definition of "the same data"."""
        digest = hashlib.sha256(self.images.cpu().contiguous().numpy().tobytes())
        digest.update(self.labels.cpu().numpy().tobytes())
        return digest.hexdigest()


@dataclass(frozen=True, kw_only=True)
class Download:
    """A file that its makers publish.

    Args:
        url: where, http or https.
        md5: its published hash, checked before the file is opened.
        megabytes: about how many.
        publishes: what is in the data root afterwards: the file itself, or the one folder that the archive holds.
        archive: a tar or zip to unpack.
    """

    url: str
    md5: str
    megabytes: int
    publishes: str
    archive: bool = True


@dataclass(frozen=True, kw_only=True)
class DatasetInfo:
    """What can be said of a data set without loading an image; lists and menus read it.

    Args:
        title: the name as the field writes it.
        image_size: side of the square images, in pixels.
        num_classes: as published; None where the person's folders decide.
        train_count, test_count: images as published; None where the person's folders decide.
        epsilon: as in `Dataset`.
        citation: who made it, one line.
        embedded: comes with the project and needs no data root.
        downloads: what `fetch` brings into the data root; empty where there is nothing to fetch.
        crop_padding: pixels by which a training image may move to each side.
        flip: whether a training image may be mirrored.
    """

    title: str
    image_size: int
    num_classes: int | None
    train_count: int | None
    test_count: int | None
    epsilon: float
    citation: str
    embedded: bool = False
    downloads: tuple[Download, ...] = ()
    crop_padding: int = 4
    flip: bool = True


@dataclass(frozen=True)
class Entry:
    """A registered data set: called as `entry(split, root)` it loads; its fields say what they can without loading.

    Args:
        info: the description.
        load: called as `load(split, root)`.
        at_hand: whether the data lie in a root.
        classes: how many classes lie in a root where data are at hand; None where they are as many as published.
        easier: called with a number of images, the training split's own without their faint cues, which a network
            would otherwise learn first; None where such cues cannot be taken away.
    """

    info: DatasetInfo
    load: Callable[[Split, Path], Dataset]
    at_hand: Callable[[Path], bool]
    classes: Callable[[Path], int] | None = None
    easier: Callable[[int], Dataset] | None = None

    def __call__(self, split: Split, root: Path) -> Dataset:
        return self.load(split, root)


DATASETS: Registry[Entry] = Registry("data set")


def described(
    info: DatasetInfo,
    at_hand: Callable[[Path], bool] | None = None,
    classes: Callable[[Path], int] | None = None,
    easier: Callable[[int], Dataset] | None = None,
) -> Callable[..., Entry]:
    """Decorator that joins a loading function with its description, below `register`:

        @DATASETS.register("digits")
        @described(INFO)  # an embedded set; any other says where to look: @described(INFO, at_hand)
        def digits(split: Split, root: Path) -> Dataset: ...

    Args:
        info: the description.
        at_hand: whether the data lie in the given root; None: exactly if the set is embedded.
        classes: as in `Entry`, for a set of which any number of classes will do.
        easier: as in `Entry`.
    """

    def join(load: Callable[[Split, Path], Dataset]) -> Entry:
        return Entry(info, load, at_hand or (lambda root: info.embedded), classes, easier)

    return join


def load_dataset(name: str, split: Split = "test", root: str | Path | None = None) -> Dataset:
    """A data set by name.

    Args:
        name: one of `DATASETS`.
        split: "train" or "test".
        root: folder of the data sets; None asks the store. Embedded sets need none.
    Raises:
        InputError: unknown name or split, or data that is not there, with the command that fetches it.
    """
    if split not in ("train", "test"):
        raise InputError(f"Unknown split {str(split)[:80]!r}; known are train, test.")
    return DATASETS[name](split, store.data_root(root))


def is_available(name: str, root: str | Path | None = None) -> bool:
    """Whether `load_dataset(name, root=root)` finds its files; looks at names only, loads nothing."""
    return DATASETS[name].at_hand(store.data_root(root))


def count_classes(name: str, root: str | Path | None = None) -> int | None:
    """Classes of a data set without loading it: those that are at hand, else as published, None where neither says."""
    entry, place = DATASETS[name], store.data_root(root)
    return entry.classes(place) if entry.classes and entry.at_hand(place) else entry.info.num_classes


def as_images(pixels: torch.Tensor) -> Images:
    """uint8 (n, h, w, c) -> float32 (n, c, h, w) in [0, 1]."""
    return pixels.permute(0, 3, 1, 2).contiguous().float().div_(255)
