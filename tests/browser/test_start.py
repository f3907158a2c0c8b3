"""The first screen, and what holds for every page: it fits a phone, and pictures say what they show."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import drawn, eventually, keyed, standing
from tests.browser.driver import PROJECT, App, settle

pytestmark = pytest.mark.browser
WIDTHS = (1920, 768, 360)
PAGES = sorted(path.parent.name for path in (PROJECT / "dashboard" / "screens").glob("*/page.py"))


def test_start_answers_on_one_screen_and_leads_on(page: Page, app: App) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(app.url())
    drawn(page)
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    for part in ("answer", "picture", "doubt", "doors"):
        expect(keyed(page, part)).to_be_in_viewport(ratio=1)
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    page.get_by_role("link", name="Explain an image").click()
    expect(keyed(drawn(page), "answer")).to_be_visible()


def test_a_wrong_label_leads_to_that_part_of_explain(page: Page, app: App) -> None:
    page.goto(app.url())
    drawn(page).get_by_role("link", name="Give it a wrong label").click()
    expect(keyed(drawn(page), "part_label").locator("details")).to_have_attribute("open", "")
    eventually(lambda: 0 < standing(keyed(page, "part_label"))["y"] < 300)


def test_on_a_phone_the_menu_goes_away_once_a_page_was_chosen(page: Page, app: App) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(app.url())
    drawn(page).get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Clusters").click()
    expect(drawn(page).get_by_role("heading", name="group by class")).to_be_in_viewport(ratio=1)
    expect(page.get_by_test_id("stSidebarNavLink").first).not_to_be_in_viewport()


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
