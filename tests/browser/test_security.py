"""SEC-1, SEC-3, SEC-4, SEC-5 on the running server: who may connect, hostile files, hostile text, random links."""

import json
import random
import shutil
import socket
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core import store
from tests.browser.actions import DIGITS, give, keyed, opened, picture
from tests.browser.driver import PATIENCE, App, settle

pytestmark = pytest.mark.browser
SCRIPTS = (
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "$\\href{javascript:alert(1)}{x}$",
    "**a** :red[b]",
)
LISTENING = "0A"
LOOPBACK = ("0100007F", "00000000000000000000000001000000")
MEGABYTE = 1024  # in the kilobytes of /proc


def test_the_server_listens_on_the_loopback_interface_only(app: App) -> None:
    tables = [Path(f"/proc/net/{name}") for name in ("tcp", "tcp6")]
    rows = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    places = [row[1].split(":") for row in rows if row[3] == LISTENING]
    assert {address for address, port in places if int(port, 16) == app.port} == {LOOPBACK[0]} & set(LOOPBACK)


def status(app: App, host: str, origin: str, path: str = "/_stcore/stream") -> int:
    """The answer to the opening handshake of a web socket."""
    lines = [
        f"GET {path} HTTP/1.1", f"Host: {host}", f"Origin: {origin}", "Connection: Upgrade", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", "",
    ]  # fmt: skip
    with socket.create_connection(("127.0.0.1", app.port), timeout=PATIENCE) as connection:
        connection.sendall("\r\n".join(lines).encode())
        return int(connection.makefile("rb").readline().split()[1])


def test_only_the_page_itself_may_open_the_web_socket(app: App) -> None:
    here = f"localhost:{app.port}"
    assert status(app, here, f"http://{here}") == 101
    assert status(app, here, "http://example.com") in (400, 403)
    assert status(app, f"example.com:{app.port}", f"http://example.com:{app.port}") in (400, 403, 421)
    assert status(app, f"example.com:{app.port}", f"http://{here}") in (400, 403, 421)


def encoded(kind: str) -> bytes:
    file = BytesIO()
    Image.effect_noise((64, 64), 40).convert("RGB").save(file, kind)
    return file.getvalue()


def huge_png() -> bytes:
    """The head of a PNG of 400 megapixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


HOSTILE = {
    "pickle.png": b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.",
    "gif.png": encoded("GIF"),
    "svg.png": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "huge.png": huge_png(),
    "truncated.jpg": encoded("JPEG")[:-400],
    "empty.png": b"",
}


def test_hostile_files_are_refused_in_one_sentence(page: Page, app: App) -> None:
    opened(page, app)
    give(page, "cross.png", picture())
    expect(keyed(page, "provenance")).to_contain_text("cross.png")
    opened(page, app)
    peak, files = peak_memory(app), written(app)
    for name, content in HOSTILE.items():
        give(page, name, content)
        expect(page.get_by_role("alert").last).to_contain_text(f"{name}: ")
        settle(page)
        expect(keyed(page, "provenance")).to_contain_text("test image 0")
    assert peak_memory(app) - peak < 50 * MEGABYTE
    assert written(app) == files


def peak_memory(app: App) -> int:
    """The most memory the server ever held, in kilobytes."""
    lines = Path(f"/proc/{app.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def written(app: App) -> set[Path]:
    return {path for path in app.folder.rglob("*") if path != app.log}


@pytest.fixture
def scripted_model(app: App) -> Iterator[str]:
    """A model whose class names are scripts, links and formulas; the images it was trained on are not here."""
    name, folder = "digits-vgg16-scripted", app.folder / "runs" / "train" / "scripted"
    card = json.loads((store.MODELS / "digits-vgg16-adv.json").read_text(encoding="utf-8"))
    names = [f"{SCRIPTS[i % len(SCRIPTS)]} {i}" for i in range(card["num_classes"])]
    folder.mkdir(parents=True)
    (folder / f"{name}.json").write_text(
        json.dumps(card | {"name": name, "class_names": names, "data": "cifar10"}), encoding="utf-8"
    )
    shutil.copy(store.MODELS / "digits-vgg16-adv.safetensors", folder / f"{name}.safetensors")
    yield name
    shutil.rmtree(folder)


def test_text_from_outside_stays_text(page: Page, app: App, scripted_model: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    page.goto(app.url("explain", data="cifar10", model=scripted_model, compare="none"))
    give(page, f"{SCRIPTS[0]}.png", picture())
    expect(keyed(page, "provenance")).to_contain_text("onerror=alert(1)")
    expect(keyed(page, "predictions_main")).to_contain_text("<img src=x oner")
    nothing_became_markup(page)
    page.goto(
        app.url("explain", data=SCRIPTS[0], model=SCRIPTS[1], attack=SCRIPTS[2], label="<script>alert(1)</script>")
    )
    settle(page)
    expect(keyed(page, "notes")).to_contain_text("<script>alert(1)</script>")
    nothing_became_markup(page)


def nothing_became_markup(page: Page) -> None:
    expect(page.locator("img[src=x], a[href^='javascript']")).to_have_count(0)


def random_link(seed: int) -> dict[str, str]:
    """Parameters of the right names, mostly, with values that were never meant."""
    draw = random.Random(seed)
    names = ["data", "model", "image", "attack", "epsilon", "beta", "seed", "label", "channel", "moved", "hide", "cut"]
    values = [
        "",
        "-1",
        "1e999",
        "nan",
        "0x10",
        "9" * 40,
        "\0",
        "٣",
        "../../etc/passwd",
        "true",
        "a" * 2000,
        "1,2,,x",
        "😀",
    ]
    return {draw.choice([*names, "zzz"]): draw.choice([*values, *SCRIPTS]) for _ in range(draw.randint(1, 8))}


@pytest.mark.parametrize("seed", range(8))
def test_a_random_link_opens_a_page(page: Page, app: App, seed: int) -> None:
    page.goto(app.url("explain", **DIGITS | random_link(seed)))
    settle(page)
    expect(keyed(page, "provenance").or_(page.get_by_role("heading", name="not on this machine"))).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
