"""One picture that a person gives, hostile until checked."""

import io
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps

from core.datasets.base import as_images
from core.errors import InputError
from core.types import Images

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_BYTES = 5 * 2**20
MAX_PIXELS = 16_000_000
MAX_SCANS = 32  # of a JPEG: ten are usual, each goes over the whole picture, and 30 bytes make one more
START_OF_SCAN = b"\xff\xda"


def read_image(source: bytes | str | Path, size: int) -> Images:
    """A person's picture as a network's input, (1, 3, size, size).

    Its kind is read from the content, never from its name. EXIF orientation is applied, transparency is laid on white,
    the shorter side becomes `size`, and the center is cropped.

    Args:
        source: the file's bytes, or its path.
        size: side of the result, in pixels.
    Raises:
        InputError: no PNG, JPEG or WebP, more than one frame, more than 5 MB or 16 megapixels, a JPEG of countless
            scans (all known before a pixel is decoded), damaged, or not there.
    """
    content = source if isinstance(source, bytes) else _read(Path(source))
    if len(content) > MAX_BYTES:
        raise InputError("Expected a picture of at most 5 MB, got more; make it smaller.")
    image = _open(content)
    if image.width * image.height > MAX_PIXELS:
        raise _too_large(f"{image.width} x {image.height}")
    if (frames := getattr(image, "n_frames", 1)) != 1:
        raise InputError(f"Expected a still picture, got one of {frames} frames; save a single frame.")
    if image.format == "JPEG" and content.count(START_OF_SCAN) > MAX_SCANS:
        raise InputError(f"Expected a JPEG of at most {MAX_SCANS} scans, got one made to keep a reader busy.")
    try:
        pixels = np.array(_square(image, size))
    except Exception as error:  # a decoder answers damage with whatever its parts raise
        raise InputError("The picture is cut off or damaged; save it again as PNG or JPEG.") from error
    return as_images(torch.from_numpy(pixels)[None])


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise InputError(f"There is no picture {str(path)[:200]!r}; give the path of a PNG, JPEG or WebP file.")
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _open(content: bytes) -> Image.Image:
    """Read the header; no pixel is decoded."""
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large("far more") from error
    except Exception as error:  # as above
        raise InputError("Expected a PNG, JPEG or WebP picture, got something else, whatever its name says.") from error


def _too_large(size: str) -> InputError:
    return InputError(f"Expected a picture of at most 16 megapixels, got {size} pixels; make it smaller.")


def _square(image: Image.Image, size: int) -> Image.Image:
    """Decode, turn upright, lay on white, resize and crop: RGB (size, size)."""
    image.draft(None, (2 * size, 2 * size))  # a JPEG is decoded at the smallest scale that still has twice the pixels
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode.startswith("I"):  # 16 bits of gray, which `convert` would clip
        image = image.point(lambda level: level / 257).convert("L")
    if not image.has_transparency_data:
        return ImageOps.fit(image.convert("RGB"), (size, size))
    square = ImageOps.fit(image.convert("RGBA"), (size, size))
    white = Image.new("RGBA", square.size, "white")
    return Image.alpha_composite(white, square).convert("RGB")
