"""Tensors to display images: whole factors, nearest neighbor, twice the pixels shown so that edges stay sharp."""

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.analysis import pictures

if TYPE_CHECKING:
    from torch import Tensor

SIDE = 192  # width of a picture on the screen, in pixels
THUMBNAIL = 64
COLUMNS = 25  # of a sheet
QUALITY = 85  # of a sheet, for thumbnails of a few dozen pixels


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


def sheet(x: "Tensor") -> str:
    """Images (n, c, h, w) on one picture, `COLUMNS` in a row, as an address."""
    n, channels, height, width = x.shape
    rows = -(-n // COLUMNS)
    tiles = np.zeros((rows * COLUMNS, 3, height, width), dtype=np.uint8)
    tiles[:n] = (x.detach().cpu().numpy().clip(0, 1) * 255).round()  # one channel is repeated
    joined = tiles.reshape(rows, COLUMNS, 3, height, width).transpose(0, 3, 1, 4, 2)
    file = BytesIO()
    Image.fromarray(joined.reshape(rows * height, COLUMNS * width, 3)).save(file, "WEBP", quality=QUALITY)
    return "data:image/webp;base64," + b64encode(file.getvalue()).decode("ascii")


def difference(x: NDArray[np.float32], x_adv: NDArray[np.float32]) -> tuple[bytes, int]:
    """PNG of the change of every pixel around middle gray, and how many times it was magnified."""
    change, times = pictures.difference(x, x_adv)
    return picture(change), times
