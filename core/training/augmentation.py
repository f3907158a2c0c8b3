"""Random crops and flips of a whole batch at once."""

from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn.functional import pad

from core.datasets import DATASETS
from core.errors import InputError
from core.types import Images


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """Pad with black, crop back to the old size at a random place, mirror half of the images.

    Args:
        padding: pixels on each side; 0 leaves every image in place.
        flip: mirror left and right with probability one half.
    Raises:
        InputError: negative padding, on construction.
    """

    padding: int = 4
    flip: bool = True

    def __post_init__(self) -> None:
        if self.padding < 0:
            raise InputError(f"Crop padding must be at least 0 pixels, got {self.padding}.")

    def __call__(self, x: Images, *, generator: Generator) -> Images:
        """New images (n, c, h, w), channels last in memory. The draws are made on the CPU, equal for every device."""
        n, _, h, w = x.shape
        top, left = (torch.randint(0, 2 * self.padding + 1, (n, 1), generator=generator) for _ in range(2))
        mirrored = torch.rand(n, 1, generator=generator) < 0.5 * self.flip
        rows = top + torch.arange(h)
        columns = left + torch.where(mirrored, torch.arange(w).flip(0), torch.arange(w))
        return pick(pad(x, (self.padding,) * 4), rows.to(x.device), columns.to(x.device))


def pick(x: Images, rows: Tensor, columns: Tensor) -> Images:
    """The pixels of `x` (n, c, H, W) at each image's own `rows` (n, h) and `columns` (n, w) -> (n, c, h, w)."""
    image = torch.arange(len(x), device=x.device)[:, None, None]
    return x[image, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def augmentation_for(data: str) -> Augmentation:
    """What the data set says suits it: no mirrored digits, drawn shapes as they were drawn.

    Raises:
        InputError: unknown name.
    """
    info = DATASETS[data].info
    return Augmentation(padding=info.crop_padding, flip=info.flip)
