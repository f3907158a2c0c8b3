"""A lecture with the arrow keys alone: every slide of every page, back again, a slide left out, and the way out."""

import re

from playwright.sync_api import Page, expect

from dashboard.frame.story import STORY
from tests.browser.actions import eventually, keyed
from tests.browser.driver import App, settle


def counter(page: Page) -> str:
    """Where the presentation says that it stands."""
    return keyed(page, "present_bar").get_by_text(re.compile(r"\d+/\d+ · page")).inner_text()


def turn(page: Page, key: str) -> str:
    """Press a key, and wait for another slide."""
    before = counter(page)
    page.keyboard.press(key)
    eventually(lambda: counter(page) != before)
    settle(page)
    return counter(page)


def test_a_lecture_goes_through_every_slide_by_key_and_back(page: Page, app: App) -> None:
    page.goto(app.url("", mode="present"))
    settle(page)
    seen = [counter(page)]
    while keyed(page, "slide_on").get_by_role("button").is_enabled():
        seen.append(turn(page, "PageDown" if len(seen) % 2 else "ArrowRight"))
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(page.get_by_test_id("stException")).to_have_count(0)
    assert len(set(seen)) == len(seen)
    assert [text.split(" ")[0] for text in seen if re.match(r"\w+ 1/", text)] == [chapter.title for chapter in STORY]
    assert turn(page, "ArrowLeft") == seen[-2]
    page.keyboard.press("Escape")
    expect(keyed(page, "present_bar")).to_have_count(0)
    assert "mode=" not in page.url


def test_a_slide_left_out_is_left_out_of_the_link(page: Page, app: App) -> None:
    page.goto(app.url("explain", mode="present", slide=1))
    settle(page)
    first = page.get_by_role("heading", level=1).inner_text()
    keyed(page, "leave_out").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    expect(page).to_have_url(re.compile("hide=rival"))
    keyed(page, "whole_page").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(first)


def test_a_page_left_out_is_passed_over_and_a_word_closes_alone(page: Page, app: App) -> None:
    page.goto(app.url("explain", mode="present"))
    settle(page)
    keyed(page, "leave_out").get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"/clusters\?.*hide=explain-page"))
    eventually(lambda: counter(page).startswith("Clusters 1/"))
    page.locator('a[href*="#term-"]').first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    turn(page, "ArrowLeft")
    assert counter(page).startswith("Start")
