"""A person at the Channels page, in a real browser, on the stored assignments."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import DIGITS, bar, click_bar, draw_around, drawn, keyed
from tests.browser.driver import App, settle

pytestmark = pytest.mark.browser


def opened(page: Page, app: App, **parameters: object) -> Page:
    """The page with a selection, drawn down to its last chart."""
    page.goto(app.url("channels", **DIGITS | parameters))
    keyed(drawn(page), "flips").locator(".main-svg").first.wait_for()
    return page


def draw_mode(page: Page) -> None:
    """Let the mouse draw; the chart that comes then is another one."""
    keyed(page, "mouse").get_by_role("radio", name=re.compile("draw around")).click()
    page.wait_for_function(
        "document.querySelector('.st-key-assignment .js-plotly-plot')?._fullLayout?.dragmode === 'lasso'"
    )
    settle(page)


def test_a_line_drawn_around_bars_cuts_them_out(page: Page, app: App) -> None:
    opened(page, app)
    draw_mode(page)
    first, last = bar(page, "assignment", 2), bar(page, "assignment", 6)
    left, right, top = first["x"] + 1, last["x"] + last["width"] - 1, first["y"] - 12
    draw_around(page, [(left, top), (right, top), (right, top + 60), (left, top + 60)])
    expect(page).to_have_url(re.compile(r"edit=drop"))
    expect(page.get_by_text("Without 5 of 128 channels")).to_be_visible()
    keyed(page, "edit_reset").get_by_role("button").click()
    expect(keyed(page, "suggest_drop")).to_be_visible()


def test_a_click_marks_a_channel_that_explain_opens(page: Page, app: App) -> None:
    opened(page, app)
    click_bar(page, "assignment", 3)
    expect(page).to_have_url(re.compile(r"channel=\d"))
    channel = re.search(r"channel=(\d+)", page.url)
    assert channel is not None
    expect(keyed(page, "one_channel")).to_contain_text(f"Channel {channel[1]}")
    keyed(page, "one_channel").get_by_role("link").click()
    expect(keyed(drawn(page), "channel_card")).to_contain_text(f"Channel {channel[1]}")


def test_one_class_and_a_rule(page: Page, app: App) -> None:
    opened(page, app)
    keyed(page, "over_kind").get_by_role("radio", name="one class").click()
    expect(page).to_have_url(re.compile(r"over=\d"))
    keyed(page, "suggest_keep").get_by_role("button").click()
    expect(page).to_have_url(re.compile("edit=keep"))
    expect(keyed(page, "edit_reset")).to_be_visible()
