"""Without a mouse: the choices are near, one sees where one is, and what hovering or dragging tells is reached."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import keyed, whole
from tests.browser.driver import PAGES, App

pytestmark = pytest.mark.browser
NEAR = 15  # presses of Tab from the top of the page
STOPS = 40

_FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at;
}"""
# How an element and what holds it look; a ring may be drawn around a field by its frame.
_LOOK = """(one) => {
  const looks = [];
  for (let at = one, i = 0; at && i < 5; at = at.parentElement ?? at.getRootNode().host, i += 1) {
    const style = getComputedStyle(at);
    looks.push([style.outline, style.boxShadow, style.borderColor, style.backgroundColor, style.color,
      style.textDecoration, style.stroke].join(";"));
  }
  return looks.join("|");
}"""


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("start", "paper")])
def test_the_choices_are_a_few_tabs_away(page: Page, app: App, name: str) -> None:
    """U14"""
    page.goto(app.url(PAGES[name]))
    whole(page)
    presses = 0
    while not page.evaluate("document.activeElement.closest('.st-key-settings') !== null"):
        page.keyboard.press("Tab")
        presses += 1
        assert presses <= NEAR
    page.keyboard.press("Enter")
    expect(keyed(page, "choose_data")).to_be_visible()


@pytest.mark.parametrize("name", PAGES)
def test_one_sees_what_has_the_focus(page: Page, app: App, name: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(app.url(PAGES[name]))
    whole(page).add_style_tag(content="* { transition: none !important; }")
    unseen = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate_handle(_FOCUSED).as_element()
        if stop is None or stop.evaluate("one => one === document.body"):
            break
        focused = stop.evaluate(_LOOK)
        stop.evaluate("one => one.blur()")
        if stop.evaluate(_LOOK) == focused:
            unseen.append(stop.evaluate("one => one.outerHTML.slice(0, 160)"))
        stop.evaluate("one => one.focus()")
    assert not unseen


def test_a_thumbnail_keeps_the_focus(page: Page, app: App) -> None:
    page.goto(app.url("explain"))
    thumbnails = keyed(whole(page), "strip").get_by_role("button")
    thumbnails.nth(2).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("image=2"))
    whole(page)
    expect(thumbnails.nth(2)).to_be_focused()


@pytest.mark.parametrize("name", ["bottleneck", "attacks"])
def test_a_slider_says_where_it_stands_and_moves_by_keys(page: Page, app: App, name: str) -> None:
    page.goto(app.url(name))
    slider = whole(page).get_by_role("slider").first
    slider.focus()
    seen = []
    for key in ("Home", "ArrowRight", "End"):
        page.keyboard.press(key)
        seen.append(slider.evaluate("one => one.ariaValueText ?? one.getAttribute('aria-valuetext')"))
    assert all(seen)
    assert len(set(seen)) == 3


@pytest.mark.parametrize(("name", "fold"), [("explain", "channels"), ("channels", "")])
def test_what_a_click_into_a_chart_does_a_menu_does_too(page: Page, app: App, name: str, fold: str) -> None:
    page.goto(app.url(name, example=0, open=fold))
    menu = keyed(whole(page), "choose_channel").get_by_role("combobox")
    menu.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile(r"channel=\d"))
