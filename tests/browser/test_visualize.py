"""A person at the Visualize page, in a real browser."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.actions import drawn, keyed, saved, standing
from tests.browser.driver import App

pytestmark = pytest.mark.browser
SHAPES = {"data": "shapes", "model": "shapes-vgg16-adv", "compare": "shapes-vgg16-standard"}


def opened(page: Page, app: App, **parameters: object) -> Page:
    page.goto(app.url("visualize", **SHAPES | parameters))
    return drawn(page)


def test_another_stored_image_and_what_is_taken_away(page: Page, app: App) -> None:
    opened(page, app, open="drawn")
    pictures = keyed(page, "strip_pictures").locator("img")
    expect(pictures).to_have_count(2 * (1 + 3))
    first = pictures.nth(1).get_attribute("src")
    keyed(page, "stored_images").get_by_role("button").nth(2).click()
    expect(page).to_have_url(re.compile(r"image=(?!0\b)\d+"))
    expect(pictures.nth(1)).not_to_have_attribute("src", str(first))
    with page.expect_download() as waiting:
        keyed(page, "sheet_png").get_by_role("button").click()
    with Image.open(Path(waiting.value.path())) as sheet:
        assert sheet.format == "PNG"
    image = re.search(r"image=(\d+)", page.url)
    assert image is not None
    keyed(page, f"data_visualize-{image[1]}").get_by_role("button").click()
    text = saved(page, keyed(page, f"csv_visualize-{image[1]}").get_by_role("button").click)
    assert "view_cosine" in text.splitlines()[0]


def test_twins_come_when_asked_for_and_stay_in_the_link(page: Page, app: App) -> None:
    opened(page, app)
    keyed(page, "choose_twins").get_by_role("switch").press("Space")
    expect(page).to_have_url(re.compile("twins=1"))
    expect(keyed(page, "strip_pictures").locator("img")).to_have_count(2 + 2 * (2 + 3 + 3))


def test_all_six_and_the_doubt_stand_on_the_first_screen_in_letters_of_13_pixels(page: Page, app: App) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    opened(page, app)
    for key in ("answer", "strip_pictures", "doubt"):
        box = standing(keyed(page, key))
        assert box["y"] + box["height"] <= 720, key
    sizes = (
        keyed(page, "strip_pictures")
        .locator("figcaption, .heading")
        .evaluate_all("all => all.map(one => parseFloat(getComputedStyle(one).fontSize))")
    )
    assert len(sizes) == 16
    assert min(sizes) >= 13


def test_a_channel_leads_to_its_card(page: Page, app: App) -> None:
    opened(page, app, open="single")
    link = keyed(page, "channel_pictures").get_by_role("link").first
    title = link.inner_text()
    link.click()
    expect(page).to_have_url(re.compile(rf"/explain\?.*channel={title.split()[1]}\b"))


def test_an_image_is_drawn_while_one_looks_and_then_stored(page: Page, app: App) -> None:
    page.goto(app.url("visualize", **SHAPES, image=5, attack="none"))
    expect(page.get_by_text("Of test image 5 nothing is drawn yet")).to_be_visible()
    expect(keyed(page, "strip_pictures").locator("img")).to_have_count(2 * (1 + 3))
    keyed(page, "form").get_by_text("Compute it here").click()
    steps = page.get_by_role("spinbutton", name="Steps of Adam")
    steps.fill("64")
    steps.press("Enter")
    keyed(page, "work_visualize").get_by_role("button").click()
    expect(page.get_by_alt_text("The pictures that are being drawn, as they are now.")).to_be_visible()
    expect(keyed(page, "strip_pictures").locator("img")).to_have_count(1 + 3)
    expect(page).to_have_url(re.compile("run=shapes-vgg16-adv"))
    expect(keyed(page, "provenance")).to_contain_text("64 steps of Adam")


def test_what_is_optimized_is_called_so(page: Page, app: App) -> None:
    opened(page, app)
    expect(page.get_by_text("not photographs")).to_be_visible()
    for alt in keyed(page, "strip_pictures").locator("img").evaluate_all("all => all.map(one => one.alt)"):
        assert alt
