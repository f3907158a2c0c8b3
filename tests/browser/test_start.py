"""The first screen, and what holds for every page: it fits a phone, and pictures say what they show."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import drawn, eventually, keyed
from tests.browser.driver import PROJECT, App, settle

pytestmark = pytest.mark.browser
WIDTHS = (1920, 768, 360)
PAGES = sorted(path.parent.name for path in (PROJECT / "dashboard" / "screens").glob("*/page.py"))


def test_start_answers_and_leads_on(page: Page, app: App) -> None:
    page.goto(app.url())
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(keyed(page, "what_changed")).not_to_be_empty()
    keyed(page, "doors").get_by_role("link").first.click()
    expect(keyed(drawn(page), "headline")).to_be_visible()
    page.get_by_role("link", name="Start").click()
    keyed(page, "doors").get_by_role("link").last.click()
    expect(drawn(page).get_by_role("heading", name="Would any label have done?")).to_be_visible()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_every_window_and_its_pictures_say_what_they_show(page: Page, app: App, name: str) -> None:
    page.goto(app.url("" if name == "start" else name))
    main = drawn(page).get_by_test_id("stMain")
    if name != "paper":  # tables
        expect(main.locator("img, [role=img]")).not_to_have_count(0)
    silent = "img:not([alt]), img[alt=''], [role=img]:not([aria-label]), [role=img][aria-label='']"
    expect(main.locator(silent)).to_have_count(0)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        eventually(lambda: main.evaluate("main => main.scrollWidth <= main.clientWidth"))
