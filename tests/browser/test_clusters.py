"""A person at the Clusters page, in a real browser, on the stored maps."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.actions import DIGITS, draw_around, drawn, keyed, standing
from tests.browser.driver import App, settle

pytestmark = pytest.mark.browser


def opened(page: Page, app: App, **parameters: object) -> Locator:
    """The maps with a selection, drawn."""
    page.goto(app.url("clusters", **DIGITS | parameters))
    return keyed(drawn(page), "clusters")


def around(page: Page, panel: Locator) -> None:
    """Draw a line around the middle of a panel."""
    panel.scroll_into_view_if_needed()
    box = standing(panel)
    sides = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)]
    draw_around(page, [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in sides])


def test_a_click_shows_the_image_on_every_side_and_goes_into_the_address(page: Page, app: App) -> None:
    maps = opened(page, app, image=4)
    expect(maps.get_by_role("heading")).to_contain_text("Image 4")
    panel = maps.locator("svg").nth(1)
    panel.scroll_into_view_if_needed()
    rings = panel.locator(".picked circle")
    expect(rings).to_have_count(2)
    panel.focus()
    panel.press("ArrowRight")
    expect(maps.get_by_role("heading")).to_contain_text("Image 5")
    expect(page).to_have_url(re.compile("image=5"))
    box = standing(rings.first)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(maps.locator("aside th")).to_have_text(["say", "● clean", "◇ attacked", "all", "● robust", "▲ non-robust"])


def test_a_line_around_points_brings_their_images_which_open_in_explain(page: Page, app: App) -> None:
    maps = opened(page, app)
    around(page, maps.locator("svg").first)
    expect(maps.get_by_role("heading")).to_have_text(re.compile(r"^\d+ images$"))
    counts = [int(text) for text in maps.locator("td.count").all_inner_texts()]
    assert f"{sum(counts)} images" == maps.get_by_role("heading").inner_text()
    link = maps.get_by_role("link").first
    image = re.search(r"image (\d+)", link.get_attribute("title") or "")
    with page.context.expect_page() as waiting:
        link.click()
    assert image is not None
    expect(keyed(waiting.value, "headline")).to_contain_text(f"Test image {image[1]}")


def test_what_is_selected_stays_selected_on_the_control(page: Page, app: App) -> None:
    maps = opened(page, app)
    maps.get_by_role("button", name="3", exact=True).click()
    heading = maps.get_by_role("heading").inner_text()
    keyed(page, "choose_map").get_by_role("radio", name="Wrong label").click()
    expect(page).to_have_url(re.compile("map=wrong"))
    expect(keyed(page, "clusters")).to_contain_text("by label supplied")
    expect(keyed(page, "clusters").get_by_role("heading")).to_have_text(heading)


def test_the_maps_can_be_saved_and_small_multiples_opened(page: Page, app: App) -> None:
    maps = opened(page, app)
    with page.expect_download() as waiting:
        maps.get_by_role("button", name="Save as PNG").click()
    assert waiting.value.suggested_filename == "clusters.png"
    page.get_by_text("Does the picture depend on how it is drawn?").click()
    expect(keyed(page, "multiples").locator("svg")).to_have_count(9)


def test_without_its_images_a_map_shows_index_and_class(page: Page, app: App) -> None:
    maps = opened(page, app, data="cifar10", model="cifar10-vgg16-adv", compare="none")
    expect(maps.locator("aside")).to_contain_text("not on this machine")
    expect(maps.get_by_role("link").first).to_have_text(re.compile(r"^0 \w+$"))
    settle(page)
    expect(maps.locator(".thumbnail")).to_have_count(0)
