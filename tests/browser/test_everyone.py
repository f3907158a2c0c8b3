"""Every page for everyone: the answer on the first screen, nothing cut or too small to read, no fault of access."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.actions import eventually, fitted, unfold, whole
from tests.browser.conftest import window
from tests.browser.driver import PAGES, App, Watch, settle
from tests.browser.reading import texts

pytestmark = pytest.mark.browser
LAPTOP, PHONE = {"width": 1280, "height": 720}, {"width": 360, "height": 640}
WIDTHS = (1280, 1920, 768, 360)
SMALLEST = 13  # pixels
SMALL_BY_NATURE = ("sup", "sub")
CUT = Path(__file__).with_name("cut.js").read_text(encoding="utf-8")
# A row of thumbnails and a table of numbers are made to be moved sideways.
SCROLLS = ".st-key-strip, #strip, [data-testid=stDataFrame], :has(> table)"
NUMBER = re.compile(r"(?<![\w-])\d[\d.,/]*")
SENTENCE = re.compile(r"(?<=[.!?])\s+")
WITHOUT_ICONS = """(one) => {
  const copy = one.cloneNode(true);
  copy.querySelectorAll('[role="img"], [data-testid="stIconMaterial"]').forEach((icon) => icon.remove());
  return copy.textContent;
}"""
# Rule and part of the selector -> why nothing here can mend it.
NOT_OURS: dict[tuple[str, str], str] = {}


@pytest.fixture(scope="module", params=PAGES)
def first(request: pytest.FixtureRequest, chromium: Browser, app: App) -> Iterator[Page]:
    """A page as it opens, on a laptop."""
    with window(chromium, app, Watch()) as page:
        page.set_viewport_size(LAPTOP)
        page.goto(app.url(PAGES[request.param]))
        yield whole(page)


@pytest.fixture(scope="module", params=PAGES)
def unfolded(request: pytest.FixtureRequest, chromium: Browser, app: App) -> Iterator[Page]:
    """A page with all of its folds open."""
    with window(chromium, app, Watch()) as page:
        page.set_viewport_size(LAPTOP)
        page.goto(app.url(PAGES[request.param]))
        unfold(whole(page))
        yield page


@pytest.mark.parametrize("key", ["answer", "doubt"])
def test_answer_and_doubt_stand_on_the_first_screen_in_few_words(first: Page, key: str) -> None:
    part = first.locator(f".st-key-{key}")
    assert part.count() == 1
    assert end(first, f".st-key-{key}") <= LAPTOP["height"], "below the first screen"
    text = part.evaluate(WITHOUT_ICONS).replace("\u00a0", " ")
    assert len(NUMBER.findall(text)) <= 3, text
    for sentence in SENTENCE.split(text):
        assert len(sentence.split()) < 25, sentence


def test_the_title_is_a_question_on_the_first_screen(first: Page) -> None:
    title = first.get_by_role("heading", level=1)
    assert title.inner_text().strip().endswith("?")
    first.set_viewport_size(PHONE)
    eventually(lambda: end(first, "h1") <= PHONE["height"])
    first.set_viewport_size(LAPTOP)
    assert end(fitted(first), "h1") <= LAPTOP["height"]


def end(page: Page, selector: str) -> float:
    """Where a part of the page ends, in pixels from the top of the window."""
    box = page.locator(selector).first.bounding_box()
    return float("inf") if box is None else box["y"] + box["height"]


def test_nothing_is_too_small_to_read(unfolded: Page) -> None:
    small = [text for text in texts(unfolded) if text.size < SMALLEST and text.tag not in SMALL_BY_NATURE]
    assert not {(text.size, text.text) for text in small}


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_and_nothing_scrolls_sideways(unfolded: Page, width: int) -> None:
    unfolded.set_viewport_size({"width": width, "height": LAPTOP["height"]})
    faults = fitted(unfolded).evaluate(CUT, SCROLLS)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_fault_of_access(unfolded: Page, theme: str) -> None:
    unfolded.emulate_media(color_scheme=theme)
    unfolded.reload()  # what a component was given in the other theme's colors keeps them
    unfold(whole(unfolded))
    assert not serious(unfolded)


@pytest.mark.parametrize("name", PAGES)
def test_no_serious_fault_of_access_in_a_presentation(page: Page, app: App, name: str) -> None:
    page.set_viewport_size(LAPTOP)
    page.goto(app.url(PAGES[name], mode="present"))
    settle(page)
    assert not serious(page)


def serious(page: Page) -> list[str]:
    """What axe calls serious or critical, as sentences."""
    found = []
    for rule in Axe().run(page).response["violations"]:
        for node in rule["nodes"] if rule["impact"] in ("serious", "critical") else ():
            where = str(node["target"])
            if not any(rule["id"] == id and part in where for id, part in NOT_OURS):
                reasons = [check["message"] for check in (*node["any"], *node["all"], *node["none"])]
                found.append(f"{rule['id']}: {node['html'][:160]} {reasons[:1]} at {where[-160:]}")
    return found
