"""Pictures that people gave, kept by their content, so that a link opens them again after a reload.

They never leave this machine, and only who knows a picture's hash can ask for it. What lies there is read as what came
from outside: by its hash, up to a size, and never trusted by its name.
"""

import re
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import streamlit as st

from core import store

KEPT = 20  # pictures; the oldest go
DIGITS = 16  # of the hash, in the address
MOST_NAME = 60  # letters
KEY = re.compile(rf"[0-9a-f]{{{DIGITS}}}")
_PICTURE, _NAME = "picture", "name.txt"


@dataclass(frozen=True)
class Upload:
    """A person's own picture.

    Args:
        digest: SHA-256 of its bytes, in hex.
        name: of its file, as the person wrote it.
        content: its bytes, not yet known to be a picture.
    """

    digest: str
    name: str
    content: bytes

    @classmethod
    def of(cls, name: str, content: bytes) -> "Upload":
        """One that just came in."""
        return cls(sha256(content).hexdigest(), written(name), content)

    @property
    def key(self) -> str:
        """What it is called in the address."""
        return self.digest[:DIGITS]


def root() -> Path:
    """Where they lie, a folder each."""
    return store.runs_root() / "own"


def path(upload: Upload) -> Path:
    """Of the picture itself."""
    return root() / upload.digest / _PICTURE


def keep(upload: Upload) -> None:
    """Store one, whole or not at all, and let go of the oldest beyond `KEPT`.

    Raises:
        OSError: nothing can be kept there.
    """
    with store.writing(root() / upload.digest) as folder:
        folder.mkdir()
        (folder / _PICTURE).write_bytes(upload.content)
        (folder / _NAME).write_text(upload.name, encoding="utf-8")
    kept = [path for path in root().glob("*") if not path.name.startswith(".")]
    for path in sorted(kept, key=lambda path: path.stat().st_mtime_ns)[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def find(key: str) -> Upload | None:
    """The picture whose hash begins so; None where none is kept, or what lies there is not what its name says."""
    if not KEY.fullmatch(key):
        return None
    folder = next(root().glob(f"{key}*"), None)
    try:
        return None if folder is None else _read(str(folder), (folder / _PICTURE).stat().st_mtime_ns)
    except OSError:
        return None


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _read(folder: str, changed: int) -> Upload | None:
    from core.datasets.upload import MAX_BYTES  # torch, which Start does without

    with (Path(folder) / _PICTURE).open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    with (Path(folder) / _NAME).open("rb") as file:
        name = file.read(4 * MOST_NAME).decode("utf-8", errors="replace")
    upload = Upload.of(name, content)
    return upload if upload.digest == Path(folder).name else None


def written(name: str) -> str:
    """A file's name as its owner wrote it: a browser sends quotes and line ends in percent signs."""
    name = name.replace("%22", '"').replace("%0D", " ").replace("%0A", " ")
    return "".join(sign for sign in name if sign.isprintable())[:MOST_NAME] or "your image"
