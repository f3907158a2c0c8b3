"""What a data set is, and all of them by name."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch

from core.registry import Registry
from core.types import Images, InputError, Labels

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


DATASETS: Registry[Callable[[Split, Path], Dataset]] = Registry("data set")


def load_dataset(name: str, split: Split = "test", root: str | Path | None = None) -> Dataset:
    """A data set by name.

    Args:
        name: one of `DATASETS`.
        split: "train" or "test".
        root: folder of the data sets; None asks the store. Embedded sets need none.
    Raises:
        InputError: unknown name or split, or data that is not there, with the command that fetches it.
    """
    from core import store

    if split not in ("train", "test"):
        raise InputError(f"Unknown split {split!r}; known are train, test.")
    return DATASETS[name](split, store.data_root(root))


def as_images(pixels: torch.Tensor) -> Images:
    """uint8 (n, h, w, c) -> float32 (n, c, h, w) in [0, 1]."""
    return pixels.permute(0, 3, 1, 2).contiguous().float().div_(255)
