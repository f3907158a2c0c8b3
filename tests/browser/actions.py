"""What a person does on the pages: open, choose, click, give a file, take one."""

import time
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.driver import PATIENCE, App, settle

DIGITS = {"data": "digits", "model": "digits-vgg16-adv", "compare": "digits-vgg16-standard"}


def keyed(page: Page, key: str) -> Locator:
    """The part of the page with a key; not what a running script has yet to replace."""
    return page.locator(f".st-key-{key}:not([data-stale=true])")


def opened(page: Page, app: App, **parameters: object) -> Page:
    """Explain with a selection, drawn."""
    page.goto(app.url("explain", **DIGITS | parameters))
    return drawn(page)


def drawn(page: Page) -> Page:
    """The page, once it shows everything down to its footer."""
    settle(page)
    expect(keyed(page, "provenance")).to_be_visible()
    return page


def change(page: Page) -> Page:
    """The page with its choices opened: data set, model, attack, distiller."""
    if not keyed(page, "choose_data").is_visible():
        keyed(page, "settings").get_by_role("button").first.click()
        expect(keyed(page, "choose_data")).to_be_visible()
    return page


def whole(page: Page) -> Page:
    """The page, once it is drawn and every chart on it too."""
    return fitted(drawn(page))


def fitted(page: Page) -> Page:
    """The page, once nothing moves and every chart is as wide as its place; a change of the window takes a while."""
    settle(page)
    page.wait_for_function(
        """() => document.getAnimations().every(
          (one) => one.playState !== "running" || one.effect.getTiming().iterations === Infinity
        ) && [...document.querySelectorAll('[data-testid="stPlotlyChart"]')].every((place) => {
          const chart = place.querySelector(".main-svg");
          return !place.checkVisibility() || chart && Math.abs(chart.clientWidth - place.clientWidth) < 2;
        })"""
    )
    return page


def unfold(page: Page) -> None:
    """Open every fold, one after the other; a fold may hold others."""
    shut = page.get_by_test_id("stMain").locator("details:not([open]) > summary")
    while shut.count():
        shut.first.click()
        whole(page)


def pick(page: Page, key: str, option: str) -> None:
    """Choose from a select box."""
    box = keyed(page, key).get_by_role("combobox")
    box.click()
    box.press("ArrowDown")  # where the click only scrolled it into view
    page.get_by_role("option", name=option, exact=True).click()


def saved(page: Page, click: Callable[[], None]) -> str:
    """The text of the file that a click brings."""
    with page.expect_download() as waiting:
        click()
    return Path(waiting.value.path()).read_text(encoding="utf-8")


def eventually(look: Callable[[], object]) -> None:
    """Look again and again until what is looked for is there: a page draws for a while after it has answered."""
    deadline = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < deadline, f"still not so after {PATIENCE} s"
        time.sleep(0.1)


def standing(locator: Locator) -> FloatRect:
    """Where something is drawn, once it stands still; charts are drawn again while their page is still coming."""
    deadline, before = time.monotonic() + PATIENCE, None
    while time.monotonic() < deadline:
        now = locator.bounding_box()
        if now is not None and now == before:
            return now
        before = now
        locator.page.wait_for_timeout(100)
    raise TimeoutError(f"{locator} did not come to rest within {PATIENCE} s")


def bar(page: Page, chart: str, place: int) -> FloatRect:
    """Where a bar of a chart stands, counted from the left."""
    keyed(page, chart).scroll_into_view_if_needed()
    return standing(keyed(page, chart).locator(".barlayer .point").nth(place))


def click_bar(page: Page, chart: str, place: int) -> None:
    """Click a bar near its top; its foot may lie below a clipped axis."""
    box = bar(page, chart, place)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 6)


def draw_around(page: Page, corners: Sequence[tuple[float, float]]) -> None:
    """Draw a line with the mouse from corner to corner."""
    for number, (x, y) in enumerate(corners):
        page.mouse.move(x, y, steps=4)
        if not number:
            page.mouse.down()
    page.mouse.up()


def picture(side: int = 48) -> bytes:
    """A PNG with a bright cross on a dark ground."""
    image = Image.new("RGB", (side, side), (20, 30, 40))
    image.paste((230, 210, 60), (side // 2 - 4, 4, side // 2 + 4, side - 4))
    image.paste((230, 210, 60), (4, side // 2 - 4, side - 4, side // 2 + 4))
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def give(page: Page, name: str, content: bytes) -> None:
    """Upload a file."""
    if not page.get_by_test_id("stFileUploader").is_visible():
        keyed(page, "own").get_by_role("button").first.click()
    page.locator('input[type="file"]').set_input_files({"name": name, "mimeType": "image/png", "buffer": content})
