"""One server and one browser for all browser tests; every test gets a fresh page and fails on any error in either."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driver import PATIENCE, App, Watch, driven_browser, installed, running_app

expect.set_options(timeout=1000 * PATIENCE)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app with the shipped models and the embedded data sets."""
    with running_app(tmp_path_factory.mktemp("app")) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; without one the test is skipped."""
    if installed() is None:
        pytest.skip("no chromium or google-chrome is installed; `make setup` tries to")
    with driven_browser() as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser, app: App) -> Iterator[Page]:
    """A window of a laptop's size; afterwards neither its console nor the server's log may hold a problem."""
    with window(chromium, app, Watch()) as page:
        yield page


@pytest.fixture
def hurried_page(chromium: Browser, app: App) -> Iterator[Page]:
    """A window that may ask for a picture of a page that was already replaced when it asked."""
    with window(chromium, app, Watch(forgiven="/media/")) as page:
        yield page


@contextmanager
def window(chromium: Browser, app: App, watch: Watch) -> Iterator[Page]:
    """A fresh window under watch."""
    known = len(app.trouble())
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(1000 * PATIENCE)
    page = context.new_page()
    watch.over(page)
    yield page
    context.close()
    assert not watch.problems
    assert not app.trouble()[known:]
