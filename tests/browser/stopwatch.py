"""Measures in the browser itself: from the press, or the request of a page, to the frame that shows what was asked."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.driver import PATIENCE

WINDOW = {"width": 1280, "height": 720}
FOOT = ".st-key-provenance"

_SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Want:
    """What must be on the screen.

    Args:
        sees: selectors of what must be there and up to date.
        says: text that the first of them holds.
        address: what the address holds.
        changes: selector of what must differ from before the press, in text or picture; empty for nothing.
        foot: selector of what stands at the end of the page; empty where there is none.
    """

    sees: tuple[str, ...]
    says: str = ""
    address: str = ""
    changes: str = ""
    foot: str = FOOT


@dataclass(frozen=True, kw_only=True)
class Time:
    """One measurement, in milliseconds.

    Args:
        first: until the first screen showed what was asked.
        all: until the whole page did.
        server: from the message that asked to the last one that answered.
        messages, bytes: received from the server.
    """

    first: float
    all: float
    server: float
    messages: int
    bytes: int


def watched(browser: Browser) -> BrowserContext:
    """A fresh browser whose pages carry the stopwatch."""
    context = browser.new_context(viewport=WINDOW)
    context.set_default_timeout(1000 * PATIENCE)
    context.add_init_script(_SCRIPT)
    return context


def load(browser: Browser, address: str, want: Want) -> Time:
    """Open an address in a fresh browser."""
    context = watched(browser)
    context.add_init_script(f"stopwatch.load({json.dumps(asdict(want))})")
    page = context.new_page()
    page.goto(address, wait_until="commit")
    time = _result(page)
    context.close()
    return time


def press(page: Page, act: Callable[[], None], want: Want) -> Time:
    """Measure from the next press of the mouse or of Enter."""
    page.evaluate("want => stopwatch.arm(want)", asdict(want))
    act()
    return _result(page)


def _result(page: Page) -> Time:
    page.wait_for_function("window.stopwatch?.result")
    return Time(**page.evaluate("stopwatch.result"))
