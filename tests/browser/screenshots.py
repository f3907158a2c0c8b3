"""Whole pages as pictures, to look at them: `python -m tests.browser.screenshots FOLDER`.

Both themes, at a laptop's and at a phone's width. Only the embedded data sets are on the server, so that no picture
shows an image that is not the project's to pass on.
"""

import argparse
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl

from playwright.sync_api import Browser, Page, expect

from tests.browser.actions import keyed
from tests.browser.driver import PATIENCE, App, driven_browser, running_app, settle

PAGES = {"start": ""} | {
    name: name for name in ("explain", "clusters", "bottleneck", "channels", "visualize", "attacks")
}
WIDTHS = (1280, 360)
THEMES = ("light", "dark")
MARGIN = 2000  # pixels of height, until the page has said how high it is


def main() -> None:
    """Read the command line and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", nargs="+", choices=PAGES, default=list(PAGES))
    parser.add_argument("--widths", nargs="+", type=int, default=list(WIDTHS))
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=list(THEMES))
    parser.add_argument("--selection", default="", help='as in an address: "data=shapes&image=7"')
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=1000 * PATIENCE)
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as app, driven_browser() as browser:
        for name in asked.pages:
            for theme in asked.themes:
                for width in asked.widths:
                    path = asked.folder / f"{name}-{theme}-{width}.png"
                    take(browser, app, PAGES[name], dict(parse_qsl(asked.selection)), theme, width, path)
                    print(path)


def take(
    browser: Browser, app: App, page_name: str, selection: dict[str, str], theme: str, width: int, path: Path
) -> None:
    """One picture of one page from its head to its foot."""
    context = browser.new_context(viewport={"width": width, "height": MARGIN}, color_scheme=theme)
    page = context.new_page()
    page.goto(app.url(page_name, **selection), timeout=1000 * PATIENCE)
    settle(page)
    expect(keyed(page, "provenance")).to_be_visible()
    page.set_viewport_size({"width": width, "height": height(page)})
    page.wait_for_timeout(500)  # charts that follow their container's size
    page.screenshot(path=path)
    context.close()


def height(page: Page) -> int:
    """How high a window must be to show the page without scrolling."""
    below = page.get_by_test_id("stMain").evaluate("main => main.getBoundingClientRect().top + main.scrollHeight")
    block = page.get_by_test_id("stMainBlockContainer").evaluate("block => block.getBoundingClientRect().bottom")
    return round(min(below, block))


if __name__ == "__main__":
    main()
