"""CMP-5: presses faster than the page answers leave it whole and its address true."""

import random
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import drawn, eventually, keyed
from tests.browser.driver import App

pytestmark = pytest.mark.browser
SHAPES = {"data": "shapes", "model": "shapes-vgg16-adv"}
PRESSES = 4


def keys(page: Page) -> None:
    """Step through the images by the arrow key of the number."""
    number = keyed(page, "choose_image").get_by_role("spinbutton")
    number.focus()
    number.press("ArrowUp")


def plus(page: Page) -> None:
    """Step through the images by the button beside the number."""
    keyed(page, "choose_image").get_by_test_id("stNumberInputStepUp").click()


def forward(page: Page) -> None:
    """Step through the images by the arrow above them."""
    keyed(page, "next").get_by_role("button").click()


def burst(page: Page, press: Callable[[Page], None], draw: random.Random) -> None:
    """Four presses, an eighth of a second apart, and then what must hold."""
    for _ in range(PRESSES):
        press(page)
        page.wait_for_timeout(draw.uniform(120, 160))
    drawn(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    assert not re.search(r"channel=(?!-?\d+(&|$))", page.url), page.url
    shown = keyed(page, "provenance")
    eventually(
        lambda: f"image={image[1]}" in page.url if (image := re.search(r"image (\d+)", shown.inner_text())) else 0
    )


def image_shown(page: Page) -> str:
    """The number in the provenance."""
    found = re.search(r"image (\d+)", keyed(page, "provenance").inner_text())
    return found[1] if found else ""


def image_in_address(page: Page) -> str:
    """The number in the address."""
    found = re.search(r"image=(\d+)", page.url)
    return found[1] if found else "none"


@pytest.mark.parametrize("press", [keys, plus, forward])
def test_a_burst_of_presses_leaves_the_page_whole(hurried_page: Page, app: App, press: Callable[[Page], None]) -> None:
    hurried_page.goto(app.url("explain", **SHAPES))
    drawn(hurried_page)
    draw = random.Random(press.__name__)
    for _ in range(4):
        burst(hurried_page, press, draw)


@pytest.mark.slow
@pytest.mark.parametrize("press", [keys, plus, forward])
def test_a_hundred_bursts_leave_the_page_whole(hurried_page: Page, app: App, press: Callable[[Page], None]) -> None:
    hurried_page.goto(app.url("explain", **SHAPES))
    drawn(hurried_page)
    draw = random.Random(press.__name__)
    for _ in range(100):
        burst(hurried_page, press, draw)
