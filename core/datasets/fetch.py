"""Bring a published data set into the data root: download, compare the hash, unpack, and only then let it appear."""

import fcntl
import hashlib
import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from core import store
from core.datasets.base import DATASETS, Download
from core.errors import InputError
from core.types import OnStep

MEGABYTE = 2**20
TIMEOUT = 30.0  # seconds without a byte


def fetch(name: str, root: str | Path | None = None, on_step: OnStep | None = None) -> bool:
    """Bring a data set into the data root.

    An interrupted download goes on where it stopped when it is asked for again.

    Args:
        name: one of `DATASETS`.
        root: the data root; None asks the store.
        on_step: called with megabytes while a file comes in, then with files while it is unpacked.
    Returns:
        False where it was at hand already.
    Raises:
        InputError: nothing to fetch under that name, no connection, a download that stopped, a wrong hash, an archive
            that holds anything but its one folder, or something in the way.
    """
    entry, root = DATASETS[name], store.data_root(root)
    if entry.at_hand(root):
        return False
    if not entry.info.downloads:
        raise InputError(f"There is nothing to download for {name!r}: it reads your own files.")
    with _alone(root):
        for download in entry.info.downloads:
            if not (root / download.publishes).exists():
                _bring(download, root, on_step or (lambda done, total: None))
    if not entry.at_hand(root):
        raise InputError(f"What lies in {root} is not the whole of {name!r}; move it away and fetch again.")
    return True


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Make the data root and keep a second download out of it; the system lets go when the process ends."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise InputError(f"{root} cannot be a data root ({error.strerror}); name another folder.") from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(folder)
        raise InputError(f"Another download into {root} is going on; wait until it has ended.") from error
    try:
        yield
    finally:
        os.close(folder)


def _bring(download: Download, root: Path, on_step: OnStep) -> None:
    part = root / f".{PurePosixPath(download.url).name}.part"
    _receive(download.url, part, on_step)
    if (found := _md5(part)) != download.md5:
        part.unlink()
        raise InputError(
            f"{download.url} has the hash {found}, not the published {download.md5}; it was removed, fetch it again."
        )
    if not download.archive:
        os.replace(part, root / download.publishes)
        return
    unpack(part, root / download.publishes, on_step)
    part.unlink()


def _receive(url: str, part: Path, on_step: OnStep) -> None:
    """Stream `url` into `part`, going on after the bytes that are there already."""
    have = part.stat().st_size if part.exists() else 0
    request = Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with urlopen(request, timeout=TIMEOUT) as response, part.open("ab") as file:
            if response.status != HTTPStatus.PARTIAL_CONTENT:  # the server knows no ranges and starts again
                file.truncate(0)
                have = 0
            expected = have + int(response.headers.get("Content-Length", 0))
            while chunk := response.read(MEGABYTE):
                have += file.write(chunk)
                on_step(have // MEGABYTE, max(have, expected) // MEGABYTE)
    except HTTPError as error:
        error.close()
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # nothing is left to send; the hash decides
        raise InputError(f"{url} answered {error.code} {error.reason}; try again later.") from error
    except (OSError, HTTPException) as error:
        raise InputError(
            f"{url} did not come through ({getattr(error, 'reason', error)}); the same command goes on from there."
        ) from error
    if have < expected:
        raise InputError(f"{url} stopped at {have} of {expected} bytes; the same command goes on from there.")


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def unpack(archive: Path, folder: Path, on_step: OnStep) -> None:
    """Unpack a tar or zip that holds one folder, as `folder`, which appears whole or not at all.

    Raises:
        InputError: a member that is no plain file or lies outside that folder, a damaged archive, or a full disk.
    """
    members = _zip_members if zipfile.is_zipfile(archive) else _tar_members
    try:
        with store.writing(folder) as temporary:
            temporary.mkdir()
            for done, total in members(archive, temporary, folder.name):
                on_step(done, total)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise InputError(
            f"The archive of {folder.name} could not be unpacked ({error}); make room or fetch it again."
        ) from error


def _zip_members(archive: Path, to: Path, top: str) -> Iterator[tuple[int, int]]:
    with zipfile.ZipFile(archive) as source:
        members = [member for member in source.infolist() if not member.is_dir()]
        for member in members:
            member.filename = _below(member.filename, top)
        for done, member in enumerate(members, start=1):
            source.extract(member, to)
            yield done, len(members)


def _tar_members(archive: Path, to: Path, top: str) -> Iterator[tuple[int, int]]:
    with tarfile.open(archive) as source:
        members = [member for member in source.getmembers() if not member.isdir()]
        if odd := [member.name for member in members if not member.isfile()]:
            raise InputError(f"The archive of {top} holds {odd[0][:200]!r}, no plain file; nothing was unpacked.")
        members = [member.replace(name=_below(member.name, top)) for member in members]
        for done, member in enumerate(members, start=1):
            source.extract(member, to, filter="data")
            yield done, len(members)


def _below(name: str, top: str) -> str:
    """The path of a member inside the folder `top`; InputError where it leads elsewhere."""
    path = PurePosixPath(name)
    if path.parts[:1] != (top,) or ".." in path.parts or len(path.parts) < 2:
        raise InputError(f"The archive of {top} holds {name[:200]!r}, which lies outside; nothing was unpacked.")
    return str(path.relative_to(top))
