import base64
import io

import numpy as np
import pytest
from PIL import Image

from core.analysis.pictures import data_uri, difference, packed, png, unpacked

X = np.random.default_rng(0).random((3, 8, 8), dtype=np.float32)


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)))


@pytest.mark.parametrize(("side", "factor"), [(8, 1), (20, 2), (192, 24), (3, 1)])
def test_enlarged_by_whole_factors_each_pixel_a_square(side: int, factor: int) -> None:
    found = pixels(png(X, side))
    assert found.shape == (8 * factor, 8 * factor, 3)
    assert (found == found[::factor, ::factor].repeat(factor, axis=0).repeat(factor, axis=1)).all()
    assert (found[::factor, ::factor] == (X * 255).round().astype(np.uint8).transpose(1, 2, 0)).all()


def test_out_of_range_is_clipped() -> None:
    assert pixels(png(np.full((3, 2, 2), 1.5, dtype=np.float32), 2)).min() == 255


@pytest.mark.parametrize(("largest", "factor"), [(0.03, 16), (0.4, 1), (0.9, 1), (0.0, 1)])
def test_a_difference_is_magnified_as_far_as_it_fits(largest: float, factor: int) -> None:
    delta = np.zeros((3, 2, 2), dtype=np.float32)
    delta[0, 0, 0] = -largest
    found, times = difference(np.full_like(delta, 0.9), np.full_like(delta, 0.9) + delta)
    assert times == factor
    assert found[1, 1, 1] == 0.5
    assert found[0, 0, 0] == pytest.approx(0.5 - factor * largest, abs=1e-6)
    assert factor == 1 or found.min() >= 0


def test_a_data_uri_is_the_file() -> None:
    head, _, body = data_uri(png(X)).partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(body) == png(X)


def test_packed_pictures_come_back_as_they_were() -> None:
    levels = np.random.default_rng(0).integers(0, 256, (19, 3, 8, 8), dtype=np.uint8)
    content = packed(levels)
    assert (content.dtype, content.ndim) == (np.uint8, 1)
    assert np.array_equal(unpacked(content)[:19], levels)
    assert np.array_equal(packed(levels), content)
