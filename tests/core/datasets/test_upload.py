"""A person's picture: what comes out of a good one, and how a bad one is refused (SEC-3)."""

import io
import pickle
import random
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.datasets import read_image
from core.errors import InputError

UPRIGHT = np.zeros((32, 32, 3), np.uint8)
UPRIGHT[:16, :, 0], UPRIGHT[:, 16:, 1], UPRIGHT[4:8, 4:8, 2] = 255, 255, 255  # no symmetry


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def photo(side: int) -> Image.Image:
    ramp = np.indices((side, side)).sum(0) % 256
    return Image.fromarray(np.stack([ramp, ramp[::-1], ramp.T], axis=-1).astype(np.uint8))


def levels(images: torch.Tensor) -> np.ndarray:
    return (images[0] * 255).round().byte().permute(1, 2, 0).numpy()


# What comes out


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_pixels_of_a_fitting_picture_are_kept(kind: str) -> None:
    assert (levels(read_image(encoded(Image.fromarray(UPRIGHT), kind, lossless=True), 32)) == UPRIGHT).all()


def test_jpeg_and_path(tmp_path: Path) -> None:
    path = tmp_path / "photo.anything"
    path.write_bytes(encoded(photo(400), "JPEG", quality=95))
    images = read_image(path, 64)
    assert images.shape == (1, 3, 64, 64)
    assert images.dtype == torch.float32
    whole = np.asarray(photo(400).resize((64, 64), Image.Resampling.BICUBIC)).astype(float)
    assert np.abs(levels(images) - whole).mean() < 4


@pytest.mark.parametrize(
    ("orientation", "stored"),
    [
        (1, UPRIGHT),
        (2, UPRIGHT[:, ::-1]),
        (3, UPRIGHT[::-1, ::-1]),
        (6, np.rot90(UPRIGHT, 1)),
        (8, np.rot90(UPRIGHT, -1)),
    ],
)
def test_exif_orientation_is_applied(orientation: int, stored: np.ndarray) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(Image.fromarray(np.ascontiguousarray(stored)), "PNG", exif=exif)
    assert (levels(read_image(content, 32)) == UPRIGHT).all()


def test_the_center_is_kept() -> None:
    wide = Image.new("RGB", (96, 32), "red")
    wide.paste("lime", (32, 0, 64, 32))
    assert (levels(read_image(encoded(wide, "PNG"), 32)) == (0, 255, 0)).all()
    assert (levels(read_image(encoded(wide.rotate(90, expand=True), "PNG"), 32)) == (0, 255, 0)).all()


@pytest.mark.parametrize(("alpha", "expected"), [(0, 255), (255, 0), (128, 127)])
def test_transparency_is_laid_on_white(alpha: int, expected: int) -> None:
    image = Image.new("RGBA", (50, 50), (0, 0, 0, alpha))
    assert (levels(read_image(encoded(image, "PNG"), 32)) == expected).all()


def test_gray_sixteen_bit_gray_palette_and_cmyk() -> None:
    sixteen = Image.fromarray(np.full((40, 40), 30_000, np.uint16))
    assert (levels(read_image(encoded(sixteen, "PNG"), 32)) == 30_000 // 257).all()
    assert (levels(read_image(encoded(Image.new("L", (40, 40), 90), "PNG"), 32)) == 90).all()
    assert (levels(read_image(encoded(Image.new("RGB", (40, 40), "red").quantize(4), "PNG"), 32)) == (255, 0, 0)).all()
    assert read_image(encoded(Image.new("CMYK", (40, 40)), "JPEG"), 32).shape == (1, 3, 32, 32)


# What is refused


def blank_png(side: int) -> bytes:
    """A whole, valid PNG of one bit a pixel, so that a reader without a limit would decode it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * side), 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def frames(kind: str) -> bytes:
    return encoded(Image.new("RGB", (9, 9)), kind, save_all=True, append_images=[Image.new("RGB", (9, 9), "red")])


def truncated_jpeg() -> bytes:
    whole = encoded(Image.linear_gradient("L").resize((3900, 3900)).convert("RGB"), "JPEG")
    return whole[: len(whole) // 2]


def endless_jpeg() -> bytes:
    """A whole progressive JPEG whose last scan comes 1,000 times."""
    whole = encoded(Image.linear_gradient("L"), "JPEG", progressive=True)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last * 1000 + whole[-2:]


OTHER = "Expected a PNG, JPEG or WebP"
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "pickle": (lambda: pickle.dumps({"weights": [1.0] * 1000}), OTHER),
    "gif named png": (lambda: encoded(Image.new("P", (64, 64)), "GIF"), OTHER),
    "svg": (lambda: b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><rect/></svg>", OTHER),
    "tiff": (lambda: encoded(photo(40), "TIFF"), OTHER),
    "empty": (lambda: b"", OTHER),
    "400 megapixel png": (lambda: blank_png(20_000), "16 megapixels"),
    "64 megapixel png": (lambda: blank_png(8_000), "16 megapixels, got 8000 x 8000"),
    "18 megapixel webp": (lambda: encoded(Image.new("RGB", (6000, 3000)), "WEBP"), "16 megapixels"),
    "truncated jpeg": (truncated_jpeg, "cut off or damaged"),
    "truncated png": (lambda: blank_png(3000)[:500], "cut off or damaged"),
    "truncated webp": (lambda: encoded(photo(300), "WEBP")[:1000], OTHER),
    "jpeg of 1,000 scans": (endless_jpeg, "at most 32 scans"),
    "animated png": (lambda: frames("PNG"), "2 frames"),
    "animated webp": (lambda: frames("WEBP"), "2 frames"),
    "6 MB": (lambda: encoded(photo(40), "PNG") + bytes(6 * 2**20), "at most 5 MB, got more"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_content_is_refused_in_one_sentence_and_at_little_cost(name: str, tmp_path: Path) -> None:
    """SEC-3: one second of computing and 50 MB at most. Processor time, so that a busy machine changes nothing."""
    make, reason = HOSTILE[name]
    path = tmp_path / "innocent.png"
    path.write_bytes(make())
    before, started = memory_now_and_reset_peak(), time.process_time()
    with pytest.raises(InputError, match=reason) as caught:
        read_image(path, 32)
    assert time.process_time() - started < 1
    assert memory("VmHWM") - before < 50
    assert "\n" not in str(caught.value)


def memory(field: str) -> float:
    """A line of the process's status, in MB."""
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("peak memory is read from /proc, which this system does not have")
    return next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith(field))


def memory_now_and_reset_peak() -> float:
    now = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    return now


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_damage_gives_a_picture_or_a_sentence(kind: str) -> None:
    draw = random.Random(0)
    exif = Image.Exif()
    exif[0x0112] = 6
    whole = encoded(photo(48), kind, exif=exif)
    refused = 0
    for _ in range(150):
        content = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        try:
            assert read_image(bytes(content), 32).shape == (1, 3, 32, 32)
        except InputError:
            refused += 1
    assert refused > 0


def test_paths_that_are_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.png", Path("/dev/zero")):
        with pytest.raises(InputError, match="There is no picture"):
            read_image(path, 32)
