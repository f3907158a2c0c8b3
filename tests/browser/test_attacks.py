"""A person at the Attacks page, in a real browser; no evaluation of these networks is stored there."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import DIGITS, keyed, standing
from tests.browser.driver import App, settle

pytestmark = pytest.mark.browser


def opened(page: Page, app: App) -> Page:
    """Attacks with a selection, drawn down to the slider."""
    page.goto(app.url("attacks", **DIGITS))
    settle(page)
    keyed(page, "steps").locator(".slider-group").first.wait_for(state="attached")
    return page


def test_the_slider_moves_the_image_without_the_server(page: Page, app: App) -> None:
    steps = keyed(opened(page, app), "steps")
    rail, image = steps.locator(".slider-rail-touch-rect").first, steps.locator("image").nth(1)
    standing(rail)
    before = image.get_attribute("href")
    assert before is not None
    rail.click(position={"x": 5, "y": 3})
    expect(steps.locator(".slider-current-value, .slider-label").first).to_contain_text("clean")
    expect(image).not_to_have_attribute("href", before)


def test_another_image_and_its_data(page: Page, app: App) -> None:
    opened(page, app)
    keyed(page, "next").get_by_role("button").click()
    settle(page)
    expect(page.get_by_text("on test image 1", exact=False).first).to_be_visible()
