"""Downloads from a server on this machine: whole, interrupted, wrong, hostile."""

import fcntl
import hashlib
import io
import os
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core.datasets import DATASETS, DatasetInfo
from core.datasets.base import Download, Entry
from core.datasets.fetch import fetch, unpack
from core.errors import InputError

CONTENT = os.urandom(3_000_000)


class Server(ThreadingHTTPServer):
    """Serves `files`; `ranges` honors Range, `cut` hangs up after so many bytes, `asked` holds the Range headers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.ranges, self.cut = True, None
        self.asked: list[str | None] = []

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{name}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers["Range"]
        self.server.asked.append(wanted)
        if (body := self.server.files.get(self.path[1:])) is None:
            return self.send_error(404)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.server.ranges else 0
        if start >= len(body):
            return self.send_error(416)
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        self.wfile.write(body[start : self.server.cut])
        return None

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Toy:
    """Registers a data set named `toy` that the server holds as one plain file or one archive."""

    def __init__(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server, self.monkeypatch = server, monkeypatch

    def publish(self, content: bytes, name: str, publishes: str, *, archive: bool, md5: str | None = None) -> None:
        self.server.files[name] = content
        md5 = md5 or hashlib.md5(content).hexdigest()
        download = Download(url=self.server.url(name), md5=md5, megabytes=1, publishes=publishes, archive=archive)
        info = DatasetInfo(
            title="Toy", image_size=32, num_classes=2, train_count=1, test_count=1, epsilon=0.1, citation="none",
            downloads=(download,),
        )  # fmt: skip
        inside = f"{publishes}/a" if archive else publishes
        entry = Entry(info, DATASETS["digits"].load, lambda root: (root / inside).is_file())
        self.monkeypatch.setitem(DATASETS._entries, "toy", entry)


@pytest.fixture
def toy(server: Server, monkeypatch: pytest.MonkeyPatch) -> Toy:
    return Toy(server, monkeypatch)


def tar(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


# Whole


def test_a_file_comes_once(toy: Toy, server: Server, tmp_path: Path) -> None:
    toy.publish(CONTENT, "toy.mat", "toy.mat", archive=False)
    steps: list[tuple[int, int]] = []
    assert fetch("toy", tmp_path / "new", lambda done, total: steps.append((done, total)))
    assert (tmp_path / "new" / "toy.mat").read_bytes() == CONTENT
    assert steps[-1] == (2, 2)  # megabytes
    assert not fetch("toy", tmp_path / "new")
    assert len(server.asked) == 1
    assert everything(tmp_path / "new") == {"toy.mat"}


@pytest.mark.parametrize("pack", [tar, zipped])
def test_an_archive_becomes_its_folder(pack, toy: Toy, tmp_path: Path) -> None:
    toy.publish(pack(("toy/a", b"1"), ("toy/sub/b", b"2")), "toy.archive", "toy", archive=True)
    steps: list[tuple[int, int]] = []
    assert fetch("toy", tmp_path, lambda done, total: steps.append((done, total)))
    assert everything(tmp_path) == {"toy", "toy/a", "toy/sub", "toy/sub/b"}
    assert (tmp_path / "toy" / "sub" / "b").read_bytes() == b"2"
    assert steps[-1] == (2, 2)  # files
    assert not fetch("toy", tmp_path)


# Interrupted


def test_an_interrupted_download_goes_on(toy: Toy, server: Server, tmp_path: Path) -> None:
    toy.publish(CONTENT, "toy.mat", "toy.mat", archive=False)
    server.cut = 1_200_000
    with pytest.raises(InputError, match="stopped at 1200000 of 3000000 bytes; the same command goes on"):
        fetch("toy", tmp_path)
    assert everything(tmp_path) == {".toy.mat.part"}
    server.cut = None
    assert fetch("toy", tmp_path)
    assert server.asked == [None, "bytes=1200000-"]
    assert (tmp_path / "toy.mat").read_bytes() == CONTENT
    assert everything(tmp_path) == {"toy.mat"}


def test_a_server_without_ranges_starts_again(toy: Toy, server: Server, tmp_path: Path) -> None:
    toy.publish(CONTENT, "toy.mat", "toy.mat", archive=False)
    (tmp_path / ".toy.mat.part").write_bytes(b"something else, left by an older version")
    server.ranges = False
    assert fetch("toy", tmp_path)
    assert (tmp_path / "toy.mat").read_bytes() == CONTENT


def test_a_complete_part_is_not_downloaded_again(toy: Toy, tmp_path: Path) -> None:
    toy.publish(CONTENT, "toy.mat", "toy.mat", archive=False)
    (tmp_path / ".toy.mat.part").write_bytes(CONTENT)
    assert fetch("toy", tmp_path)
    assert (tmp_path / "toy.mat").read_bytes() == CONTENT


def test_stopping_while_unpacking_leaves_no_half_folder(toy: Toy, server: Server, tmp_path: Path) -> None:
    toy.publish(tar(("toy/a", b"1"), ("toy/b", b"2")), "toy.tar.gz", "toy", archive=True)

    def stop(done: int, total: int) -> None:
        if total == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch("toy", tmp_path, stop)
    assert everything(tmp_path) == {".toy.tar.gz.part"}
    assert fetch("toy", tmp_path)
    assert everything(tmp_path) == {"toy", "toy/a", "toy/b"}


# Wrong


def test_a_wrong_hash_is_never_opened(toy: Toy, tmp_path: Path) -> None:
    toy.publish(tar(("toy/a", b"1")), "toy.tar.gz", "toy", archive=True, md5="0" * 32)
    with pytest.raises(InputError, match="not the published 0000"):
        fetch("toy", tmp_path)
    assert everything(tmp_path) == set()


def test_a_part_of_another_file_is_found_out(toy: Toy, tmp_path: Path) -> None:
    toy.publish(CONTENT, "toy.mat", "toy.mat", archive=False)
    (tmp_path / ".toy.mat.part").write_bytes(bytes(1000))
    with pytest.raises(InputError, match="not the published"):
        fetch("toy", tmp_path)
    assert fetch("toy", tmp_path)


def test_no_answer_and_no_server(toy: Toy, server: Server, tmp_path: Path) -> None:
    toy.publish(CONTENT, "toy.mat", "toy.mat", archive=False)
    server.files.clear()
    with pytest.raises(InputError, match="answered 404"):
        fetch("toy", tmp_path)
    server.server_close()
    with pytest.raises(InputError, match="did not come through"):
        fetch("toy", tmp_path)


def test_what_lies_in_the_way_is_left_alone(toy: Toy, server: Server, tmp_path: Path) -> None:
    toy.publish(tar(("toy/a", b"1")), "toy.tar.gz", "toy", archive=True)
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "mine").write_text("keep")
    with pytest.raises(InputError, match="not the whole of 'toy'; move it away"):
        fetch("toy", tmp_path)
    assert everything(tmp_path) == {"toy", "toy/mine"}


def test_two_downloads_into_one_root(toy: Toy, tmp_path: Path) -> None:
    toy.publish(CONTENT, "toy.mat", "toy.mat", archive=False)
    other = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(InputError, match="Another download"):
        fetch("toy", tmp_path)
    os.close(other)
    assert fetch("toy", tmp_path)


def test_roots_and_names_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for root in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match="cannot be a data root"):
            fetch("svhn", root)
    with pytest.raises(InputError, match="Unknown data set 'mnist'"):
        fetch("mnist", tmp_path)
    with pytest.raises(InputError, match="nothing to download for 'folder'"):
        fetch("folder", tmp_path)
    assert not fetch("digits", tmp_path)


# Hostile

OUTSIDE = ["../evil", "/tmp/feature-sieve-evil", "toy/../../evil", "toy/sub/../../../evil", "other/evil", "toy", "evil"]


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("pack", [tar, zipped])
def test_an_archive_that_climbs_out_writes_nothing(pack, name: str, toy: Toy, tmp_path: Path) -> None:
    root = tmp_path / "deep" / "root"
    toy.publish(pack(("toy/a", b"1"), (name, b"evil")), "toy.archive", "toy", archive=True)
    with pytest.raises(InputError, match="lies outside; nothing was unpacked"):
        fetch("toy", root)
    assert everything(tmp_path) == {"deep", "deep/root", "deep/root/.toy.archive.part"}
    assert not Path("/tmp/feature-sieve-evil").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_refused(kind: bytes, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "toy.tar", "w") as archive:
        member = tarfile.TarInfo("toy/link")
        member.type, member.linkname = kind, "../../evil"
        archive.addfile(member)
    with pytest.raises(InputError, match="no plain file; nothing was unpacked"):
        unpack(tmp_path / "toy.tar", tmp_path / "toy", lambda done, total: None)
    assert everything(tmp_path) == {"toy.tar"}


@pytest.mark.parametrize(
    "content", [b"neither tar nor zip", tar(("toy/a", CONTENT))[:50_000], zipped(("toy/a", CONTENT))]
)
def test_a_damaged_archive_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    damaged = content.replace(CONTENT[1000:2000], bytes(1000))
    (tmp_path / "archive").write_bytes(damaged)
    with pytest.raises(InputError, match="could not be unpacked"):
        unpack(tmp_path / "archive", tmp_path / "toy", lambda done, total: None)
    assert everything(tmp_path) == {"archive"}
