"""A person's own pictures: kept by content, found by hash, never trusted by name."""

import os
from pathlib import Path

import pytest

from dashboard.answers import uploads
from dashboard.answers.uploads import Upload, find, keep


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path))
    return tmp_path


def kept(content: bytes, name: str = "a.png") -> Upload:
    upload = Upload.of(name, content)
    keep(upload)
    return upload


def test_a_kept_picture_is_found_by_the_first_digits_of_its_hash() -> None:
    upload = kept(b"pixels", 'a "cat" Ünder.PNG')
    assert find(upload.key) == upload
    assert find("0" * 16) is None


@pytest.mark.parametrize("key", ["", "../../etc", "*" * 16, "?" * 16, "a" * 15, "A" * 16, "a" * 64])
def test_nothing_else_is_looked_for(key: str) -> None:
    kept(b"pixels")
    assert find(key) is None


def test_what_lies_there_is_not_believed() -> None:
    upload = kept(b"pixels")
    picture = uploads.root() / upload.digest / "picture"
    picture.write_bytes(b"others")
    os.utime(picture, ns=(1, 1))
    assert find(upload.key) is None
    picture.unlink()
    assert find(upload.key) is None


def test_the_oldest_go() -> None:
    every = [kept(str(number).encode()) for number in range(uploads.KEPT)]
    for age, upload in enumerate(every):
        os.utime(uploads.root() / upload.digest, ns=(age, age))
    newest = kept(b"one more")
    assert find(every[0].key) is None
    assert [find(upload.key) for upload in (*every[1:], newest)] == [*every[1:], newest]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("a %22cat%22.png", 'a "cat".png'),
        ("Mixed Case.PNG", "Mixed Case.PNG"),
        ("a\x00\x1b[31mb", "a[31mb"),
        ("", "your image"),
    ],
)
def test_a_name_stands_as_its_owner_wrote_it(sent: str, shown: str) -> None:
    """U15: a browser sends quotes in percent signs; signs that steer a terminal are no part of a name."""
    assert Upload.of(sent, b"").name == shown
