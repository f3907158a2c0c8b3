"""The real app in its own process and a real browser that looks at it, for tests, budgets and screenshots."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent.parent
PAGES = {"start": ""} | {
    name: name for name in ("explain", "clusters", "visualize", "bottleneck", "channels", "attacks", "paper")
}  # in the order of the navigation -> their addresses
BROWSERS = ("chromium", "google-chrome")
FLAGS = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
QUIET = ("--disable-component-update", "--disable-sync")
LOG = "server.log"
PATIENCE = 180  # seconds, for a machine with other work; nothing is measured with it
# On a deep link Streamlit's own page looks for its server below that page first; not found is the answer it expects.
PROBE = re.compile(r"/\w+/_stcore/(health|host-config)$")
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
TROUBLE = ("Traceback", "Error", "Exception", "Warning", "WARNING", "ERROR", "CRITICAL")


def installed() -> str | None:
    """Path of a browser that can be driven, if there is one."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@dataclass(frozen=True)
class App:
    """A running server.

    Args:
        port: on the loopback interface.
        process: the server itself.
        folder: its log, runs and, where no other was given, data root.
    """

    port: int
    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def log(self) -> Path:
        """What the server writes."""
        return self.folder / LOG

    def url(self, page: str = "", **parameters: object) -> str:
        """Address of a page with a selection."""
        return f"http://localhost:{self.port}/{page}" + (f"?{urlencode(parameters)}" if parameters else "")

    def trouble(self) -> list[str]:
        """Lines of the log that no healthy server writes."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if any(word in line for word in TROUBLE)]


@contextmanager
def running_app(
    folder: Path, data_root: Path | None = None, port: int | None = None, script: str = "dashboard/app.py"
) -> Iterator[App]:
    """Start the app on a free port with its runs and its log in `folder`, wait until it is up, stop it at the end.

    Args:
        folder: an existing one to write into.
        data_root: where data sets lie; None is an empty folder, so that only the embedded sets are there.
        port: None is a free one.
        script: what is served, with the project's settings.
    """
    port = port or free_port()
    root = folder / "data" if data_root is None else data_root
    own = {"FEATURE_SIEVE_DATA": str(root), "FEATURE_SIEVE_RUNS": str(folder / "runs"), "PYTHONUNBUFFERED": "1"}
    inherited = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    command = [sys.executable, "-m", "streamlit", "run", script]
    options = ["--server.port", str(port), "--server.headless", "true"]
    with (folder / LOG).open("wb") as out:
        process = subprocess.Popen(
            [*command, *options], cwd=PROJECT, env=inherited | own, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            app = App(port, process, folder)
            wait_until_up(app)
            yield app
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_up(app: App) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and app.process.poll() is None:
        try:
            with urllib.request.urlopen(app.url("_stcore/health"), timeout=1):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise RuntimeError(f"the app did not come up: {app.log.read_text(errors='replace')[-2000:]}")


@contextmanager
def driven_browser() -> Iterator[Browser]:
    """The installed browser, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed(), headless=True, chromium_sandbox=False, args=[*FLAGS, *QUIET]
        )
        yield browser
        browser.close()


@dataclass
class Watch:
    """Everything that went wrong in a page: console errors, failed requests, requests to any other machine.

    Args:
        forgiven: what an address holds that may be missing; empty forgives nothing.
        problems: one sentence each.
    """

    forgiven: str = ""
    problems: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Listen to `page` from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)
        page.on("crash", lambda _: self.problems.append("the page crashed"))

    def _console(self, message: ConsoleMessage) -> None:
        missing = self._may_be_missing(message.location["url"]) or self._may_be_missing(message.text)
        if message.type == "error" and not missing:
            self.problems.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "file") and parts.hostname not in ("localhost", "127.0.0.1"):
            self.problems.append(f"request to {request.url[:200]}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and not self._may_be_missing(response.url):
            self.problems.append(f"{response.status} for {response.url[:200]}")

    def _may_be_missing(self, text: str) -> bool:
        return bool(PROBE.search(text) or (self.forgiven and self.forgiven in text))


def settle(page: Page) -> None:
    """Wait until the script has run and the page shows what it drew."""
    page.locator(IDLE).wait_for(state="attached", timeout=1000 * PATIENCE)
    page.locator('[data-testid="stSkeleton"], [data-stale="true"]').first.wait_for(
        state="detached", timeout=1000 * PATIENCE
    )
