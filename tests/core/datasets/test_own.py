from pathlib import Path

import pytest
import torch
from PIL import Image

from core.datasets import own, read_image
from core.errors import InputError


@pytest.fixture
def picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path / "runs"))
    path = tmp_path / "cat.png"
    Image.new("RGB", (40, 40), (200, 30, 30)).save(path)
    return path


def test_a_picture_is_kept_by_its_content_whatever_happens_to_its_file(picture: Path) -> None:
    expected, digest = read_image(picture, 32), own.keep(picture, 32)
    assert own.keep(picture, 32) == digest
    Image.new("RGB", (40, 40)).save(picture)
    assert torch.equal(own.read(digest, 32), expected)
    assert own.keep(picture, 32) != digest


@pytest.mark.parametrize("digest", ["", "0" * 64, "../../etc", "0" * 16])
def test_what_is_not_kept_is_told(picture: Path, digest: str) -> None:
    with pytest.raises(InputError, match="--image-file"):
        own.read(digest, 32)


def test_what_was_put_in_its_place_is_told(picture: Path) -> None:
    digest = own.keep(picture, 32)
    (own.folder(digest) / own.PICTURE).write_bytes(b"something else")
    with pytest.raises(InputError, match="another picture"):
        own.read(digest, 32)


def test_only_pictures_are_kept(picture: Path) -> None:
    picture.write_text("no picture")
    with pytest.raises(InputError, match="PNG"):
        own.keep(picture, 32)
    assert not own.folder("").exists()
