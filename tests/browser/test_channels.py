"""A person at the Channels page, in a real browser, on the stored assignments."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.actions import DIGITS, draw_around, drawn, keyed, standing
from tests.browser.driver import App

pytestmark = pytest.mark.browser


def opened(page: Page, app: App, **parameters: object) -> Page:
    """The page with a selection, drawn."""
    page.goto(app.url("channels", **DIGITS | parameters))
    keyed(drawn(page), "classes").locator(".main-svg").first.wait_for()
    return page


def points(page: Page, chart: str) -> Locator:
    """The points of a scatter plot."""
    keyed(page, chart).scroll_into_view_if_needed()
    return keyed(page, chart).locator(".scatterlayer .trace").first.locator(".point")


def test_a_line_drawn_around_points_cuts_them_out(page: Page, app: App) -> None:
    opened(page, app, open="cutting")
    box = standing(points(page, "cut").first)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    draw_around(page, [(x - 12, y - 12), (x + 12, y - 12), (x + 12, y + 12), (x - 12, y + 12), (x - 12, y - 10)])
    expect(page).to_have_url(re.compile(r"edit=drop"))
    expect(keyed(page, "part_cutting").get_by_text(re.compile(r"Without \d+ of 128 channels"))).to_be_visible()
    chips = keyed(page, "edit_what").locator(".react-aria-ComboBox [data-tag]")
    expect(chips.first).to_contain_text("channel")
    keyed(page, "edit_what").get_by_role("button", name="Clear all").click()
    expect(page).not_to_have_url(re.compile(r"edit=drop\+"))
    expect(chips).to_have_count(0)


def test_a_click_on_the_strip_marks_a_channel_that_explain_opens(page: Page, app: App) -> None:
    opened(page, app)
    strip = standing(keyed(page, "classes").locator(".js-plotly-plot"))
    page.mouse.click(strip["x"] + strip["width"] / 2, strip["y"] + strip["height"] / 2)
    expect(page).to_have_url(re.compile(r"channel=\d"))
    channel = re.search(r"channel=(\d+)", page.url)
    assert channel is not None
    expect(page.get_by_text(f"Channel {channel[1]}:")).to_be_visible()
    keyed(page, "strip_choices").get_by_role("link").click()
    expect(page).to_have_url(re.compile(rf"/explain\?.*channel={channel[1]}"))


def test_a_rule_of_the_link_is_a_chip_and_can_be_kept_instead(page: Page, app: App) -> None:
    opened(page, app, open="cutting", edit="drop robust in at least 80 % of images")
    expect(keyed(page, "edit_what").locator(".react-aria-ComboBox [data-tag]")).to_contain_text("robust for all")
    keyed(page, "edit_how").get_by_role("radio", name="keep only these").click()
    expect(page).to_have_url(re.compile(r"edit=keep\+robust\+in"))


def test_question_answer_strip_and_doubt_stand_on_the_first_screen(page: Page, app: App) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    opened(page, app)
    for key in ("answer", "classes", "doubt"):
        box = standing(keyed(page, key))
        assert box["y"] + box["height"] <= 720, key
