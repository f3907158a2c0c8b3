"""A person's own pictures, kept by their content under the runs: a result of one never comes to mean another."""

import re
from hashlib import sha256
from pathlib import Path

from core import store
from core.datasets.upload import MAX_BYTES, read_image
from core.errors import InputError
from core.types import Images

PICTURE, NAME = "picture", "name.txt"  # in the folder that bears the hash
_DIGEST = re.compile(r"[0-9a-f]{64}")


def folder(digest: str) -> Path:
    """Where the picture of a SHA-256 lies, whether it does or not."""
    return store.runs_root() / "own" / digest


def keep(path: Path, size: int) -> str:
    """Keep a picture file, once it is known to be one; returns the SHA-256 of its bytes.

    Args:
        path: of a PNG, JPEG or WebP file.
        size: side of the network's input, in pixels.
    Raises:
        InputError: as `read_image` does.
    """
    read_image(path, size)
    content = path.read_bytes()
    digest = sha256(content).hexdigest()
    if not folder(digest).exists():
        with store.writing(folder(digest)) as temporary:
            temporary.mkdir()
            (temporary / PICTURE).write_bytes(content)
            (temporary / NAME).write_text(path.name, encoding="utf-8")
    return digest


def read(digest: str, size: int) -> Images:
    """A kept picture as a network's input, (1, 3, size, size).

    Raises:
        InputError: it is not kept here any more, or is not what its hash says.
    """
    kept = folder(digest) / PICTURE
    if not _DIGEST.fullmatch(digest) or not kept.is_file():
        raise InputError(f"No own picture {digest[:16]!r} is kept here; give its file with --image-file.")
    with kept.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if sha256(content).hexdigest() != digest:
        raise InputError(f"What is kept as {digest[:16]!r} is another picture; give its file with --image-file.")
    return read_image(content, size)
