"""Images as PNG: enlarged by whole factors, nearest neighbor, so that a pixel stays a pixel."""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

ACROSS = 16  # pictures in a row where many are packed into one
SIDE = 192  # pixels on the screen that a picture is enlarged to, or just below


def png(x: NDArray[np.float32], side: int = SIDE) -> bytes:
    """An image (3, h, w) in [0, 1] as PNG, enlarged by the largest whole factor that stays within `side` pixels."""
    levels = (np.clip(x, 0, 1) * 255).round().astype(np.uint8).transpose(1, 2, 0)
    factor = max(1, side // max(levels.shape[:2]))
    file = io.BytesIO()
    Image.fromarray(levels.repeat(factor, axis=0).repeat(factor, axis=1)).save(file, "PNG", optimize=True)
    return file.getvalue()


def packed(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pictures (n, 3, s, s) as the bytes of one lossless WebP, in rows of `ACROSS`: a third less than they are."""
    n, _, h, w = levels.shape
    canvas = np.zeros((-(-n // ACROSS) * ACROSS, h, w, 3), np.uint8)
    canvas[:n] = levels.transpose(0, 2, 3, 1)
    rows = canvas.reshape(-1, ACROSS, h, w, 3).transpose(0, 2, 1, 3, 4).reshape(-1, ACROSS * w, 3)
    file = io.BytesIO()
    Image.fromarray(rows).save(file, "WEBP", lossless=True, quality=100, method=6)
    return np.frombuffer(file.getvalue(), np.uint8)


def unpacked(content: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pictures (m, 3, s, s) from what `packed` returned; m is n rounded up to whole rows."""
    with Image.open(io.BytesIO(content.tobytes()), formats=["WEBP"]) as image:
        rows = np.asarray(image.convert("RGB"))
    s = rows.shape[1] // ACROSS
    return rows.reshape(-1, s, ACROSS, s, 3).transpose(0, 2, 4, 1, 3).reshape(-1, 3, s, s)


def small(x: NDArray[np.float32]) -> str:
    """An image (3, h, w) as it is, not enlarged, as an address that needs no server."""
    return data_uri(png(x, side=1))


def data_uri(content: bytes) -> str:
    """A PNG as text that an HTML page can hold."""
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")


def difference(x: NDArray[np.float32], x_adv: NDArray[np.float32]) -> tuple[NDArray[np.float32], int]:
    """What the attack added, around mid-gray, and the whole factor that magnifies it without clipping."""
    delta = x_adv - x
    largest = float(np.abs(delta).max())
    factor = max(1, int(0.5 / largest)) if largest else 1
    return 0.5 + factor * delta, factor
