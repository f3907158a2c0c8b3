"""Tensors to display images: whole factors, nearest neighbor, twice the pixels shown so that edges stay sharp."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.analysis import pictures

if TYPE_CHECKING:
    from torch import Tensor

SIDE = 192  # width of a picture on the screen, in pixels
THUMBNAIL = 64


def array(x: "Tensor") -> NDArray[np.float32]:
    """One image (1, c, h, w) as (3, h, w); a single channel is repeated."""
    values = x[0].detach().cpu().numpy()
    return np.repeat(values, 3, axis=0) if len(values) == 1 else values


def picture(x: NDArray[np.float32]) -> bytes:
    """PNG of an image (3, h, w), at least `SIDE` pixels wide when it is drawn at `SIDE`."""
    return pictures.png(x, side=2 * SIDE)


def thumbnail(x: NDArray[np.float32]) -> str:
    """A small image as an address that needs no server."""
    return pictures.data_uri(pictures.png(x, side=THUMBNAIL))


def difference(x: NDArray[np.float32], x_adv: NDArray[np.float32]) -> tuple[bytes, int]:
    """PNG of the change of every pixel around middle gray, and how many times it was magnified."""
    change, times = pictures.difference(x, x_adv)
    return picture(change), times
