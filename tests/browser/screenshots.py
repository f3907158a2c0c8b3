"""Whole pages as pictures, to look at them: `python -m tests.browser.screenshots FOLDER`.

Both themes, from a phone's width to a wide screen's. Only the embedded data sets are on the server, so that no picture
shows an image that is not the project's to pass on.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl

from playwright.sync_api import Browser, Page, expect

from tests.browser.actions import fitted, whole
from tests.browser.driver import PAGES, PATIENCE, driven_browser, running_app

WIDTHS = (1280, 360, 768, 1920)
THEMES = ("light", "dark")
SCREEN = {360: 640, 1280: 720}  # width of a window -> its height, in pixels
USUAL_HEIGHT = 1080
MARGIN = 2000  # pixels of height, until the page has said how high it is


def main() -> None:
    """Read the command line and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", nargs="+", choices=PAGES, default=list(PAGES))
    parser.add_argument("--widths", nargs="+", type=int, default=list(WIDTHS))
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=list(THEMES))
    parser.add_argument("--selection", default="", help='as in an address: "data=shapes&image=7"')
    parser.add_argument("--present", action="store_true", help="the presentation, one screen of it")
    parser.add_argument("--open", nargs="+", default=[], metavar="NAME", help="folds to open, by their names")
    parser.add_argument("--first", action="store_true", help="the first screen only, at 1280 x 720")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=1000 * PATIENCE)
    selection = dict(parse_qsl(asked.selection)) | ({"open": ",".join(asked.open)} if asked.open else {})
    selection |= {"mode": "present"} if asked.present else {}
    widths = [1280] if asked.first else asked.widths
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as app, driven_browser() as browser:
        for name, theme, width in ((n, t, w) for n in asked.pages for t in asked.themes for w in widths):
            path = asked.folder / f"{name}-{'present-' * asked.present}{theme}-{width}.png"
            take(browser, app.url(PAGES[name], **selection), theme, width, path, asked.first or asked.present)
            print(path, flush=True)


def take(
    browser: Browser, address: str, theme: Literal["light", "dark"], width: int, path: Path, one_screen: bool
) -> None:
    """One picture of one page, of its first screen or from its head to its foot."""
    screen = SCREEN.get(width, USUAL_HEIGHT)
    context = browser.new_context(
        viewport={"width": width, "height": screen if one_screen else MARGIN}, color_scheme=theme
    )
    page = context.new_page()
    page.goto(address, timeout=1000 * PATIENCE)
    if "mode=present" in address:
        fitted(page)
    else:
        whole(page)
    if not one_screen:
        page.set_viewport_size({"width": width, "height": height(page)})
    fitted(page).wait_for_timeout(500)  # what fades in
    page.screenshot(path=path)
    context.close()


def height(page: Page) -> int:
    """How high a window must be to show the page without scrolling."""
    below = page.get_by_test_id("stMain").evaluate("main => main.getBoundingClientRect().top + main.scrollHeight")
    block = page.get_by_test_id("stMainBlockContainer").evaluate("block => block.getBoundingClientRect().bottom")
    return round(min(below, block))


if __name__ == "__main__":
    main()
