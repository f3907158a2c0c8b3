"""CMP-5: presses faster than the page answers leave every page whole and its address true, whatever is pressed."""

import random
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.actions import change, eventually, fitted, keyed, whole
from tests.browser.driver import PAGES, App, settle
from tests.browser.reading import texts

pytestmark = pytest.mark.browser
PRESSES = 4
MAIN, CHOICES = "[data-testid=stMain]", "[data-testid=stPopoverBody]"
SLIDER = "slider"  # moves in the browser alone: its place is in no address
# Kind of control -> how it is found and which key presses it; without one it is clicked.
KINDS = {
    "number by key": ("input[type=number]", "ArrowUp"),
    "number by button": ("[data-testid=stNumberInputStepUp]", ""),
    "button": (".stButton button", ""),
    "choice": ("[role=radio]", ""),
    "select": ("[role=combobox]", "ArrowDown Enter"),
    "fold": ("details > summary", ""),
    SLIDER: ("input[type=range]", "ArrowRight"),
    "thumbnail": ("#strip button", ""),
}
# What starts work, ends it, or leads to another mode of the page, or to the example, is pressed elsewhere.
ELSEWHERE = re.compile(r"st-key-(work_|stop_|present|form|papers|example_maps)")
PASSING = re.compile(r"computed live in \S+ s|\d{4}-\d\d-\d\d \d\d:\d\d UTC")
SHORT, LONG = 5, 100


def controls(page: Page, kind: str, within: str) -> list[Locator]:
    """Every control of a kind that can be pressed now."""
    selector, _ = KINDS[kind]
    every = page.locator(f"{within} {selector}:not(:disabled)").filter(visible=True).all()
    return [one for one in every if not ELSEWHERE.search(one.evaluate(_KEYS))]


_KEYS = """(one) => {
  const names = [];
  for (let at = one; at; at = at.parentElement ?? at.getRootNode().host) names.push(...at.classList);
  return names.join(" ");
}"""


def press(control: Locator, keys: str) -> None:
    """Once, without waiting for anything; what is gone is not pressed."""
    if not control.count():
        return
    if not keys:
        control.evaluate("one => one.click()")
        return
    control.evaluate("one => one.focus()")
    for key in keys.split():
        control.page.keyboard.press(key)


def burst(page: Page, control: Locator, keys: str, draw: random.Random) -> None:
    """Presses an eighth of a second apart, and then what must hold of the page."""
    for _ in range(PRESSES):
        press(control, keys)
        page.wait_for_timeout(draw.uniform(120, 160))
    fitted(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    assert not re.search(r"channel=(?!-?\d+(&|$))", page.url), page.url


def told(page: Page) -> list[str]:
    """What the page says outside its charts and its form, but for the time that it took."""
    return [PASSING.sub("", text.text) for text in texts(page) if not text.chart and not ELSEWHERE.search(text.key)]


def address_is_true(page: Page) -> None:
    """The address, opened elsewhere, shows the same."""
    other = page.context.new_page()
    other.goto(page.url)
    expected = told(fitted(other))
    other.close()
    eventually(lambda: told(page) == expected)


def bursts(page: Page, kind: str, within: str, times: int) -> None:
    """Bursts on controls of a kind, one drawn after the other."""
    draw = random.Random(kind)
    for _ in range(times):
        found = controls(page, kind, within)
        if not found:
            return
        burst(page, draw.choice(found), KINDS[kind][1], draw)


def opened(page: Page, app: App, name: str) -> Page:
    page.goto(app.url(PAGES[name], example=0))  # an example's own points are in no address
    return whole(page)


@pytest.mark.parametrize("kind", KINDS)
def test_bursts_leave_explain_whole(hurried_page: Page, app: App, kind: str) -> None:
    bursts(opened(hurried_page, app, "explain"), kind, MAIN, SHORT)
    address_is_true(hurried_page)


@pytest.mark.parametrize("name", [name for name in PAGES if name != "explain"])
def test_a_burst_on_every_kind_of_control_leaves_the_page_whole(hurried_page: Page, app: App, name: str) -> None:
    opened(hurried_page, app, name)
    for kind in KINDS:
        if kind != SLIDER:
            bursts(hurried_page, kind, MAIN, 1)
    address_is_true(hurried_page)
    bursts(hurried_page, SLIDER, MAIN, 1)


@pytest.mark.parametrize("kind", ["number by key", "number by button", "choice", "select"])
def test_bursts_on_the_choices_leave_the_page_whole(hurried_page: Page, app: App, kind: str) -> None:
    bursts(change(opened(hurried_page, app, "explain")), kind, CHOICES, SHORT)
    hurried_page.keyboard.press("Escape")
    address_is_true(hurried_page)


def test_fast_keys_in_a_presentation_end_on_the_slide_of_the_address(hurried_page: Page, app: App) -> None:
    walk(hurried_page, app, SHORT)


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_hundred_bursts_leave_every_page_whole(hurried_page: Page, app: App, name: str, kind: str) -> None:
    bursts(opened(hurried_page, app, name), kind, MAIN, LONG)
    if kind != SLIDER:
        address_is_true(hurried_page)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["number by key", "number by button", "choice", "select"])
def test_a_hundred_bursts_on_the_choices_leave_the_page_whole(hurried_page: Page, app: App, kind: str) -> None:
    bursts(change(opened(hurried_page, app, "explain")), kind, CHOICES, LONG)
    hurried_page.keyboard.press("Escape")
    address_is_true(hurried_page)


@pytest.mark.slow
def test_a_hundred_bursts_of_keys_in_a_presentation(hurried_page: Page, app: App) -> None:
    walk(hurried_page, app, LONG)


def walk(page: Page, app: App, times: int) -> None:
    """Through a presentation, four keys at a time, and back now and then."""
    page.goto(app.url("explain", mode="present"))
    settle(page)
    draw = random.Random(0)
    for _ in range(times):
        key = draw.choice(("ArrowRight", "ArrowRight", "ArrowLeft"))
        for _ in range(PRESSES):
            page.keyboard.press(key)
            page.wait_for_timeout(draw.uniform(120, 160))
        settle(page)
        expect(keyed(page, "present_bar")).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)
    other = page.context.new_page()
    other.goto(page.url)
    settle(other)
    expected = other.get_by_role("heading", level=1).inner_text()
    other.close()
    expect(page.get_by_role("heading", level=1)).to_have_text(expected)
