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


def test_a_number_shows_the_image_on_every_side_and_goes_into_the_address(page: Page, app: App) -> None:
    maps = opened(page, app, image=4)
    expect(maps.get_by_role("heading")).to_contain_text("Image 4")
    panel = maps.locator("svg").nth(1)
    panel.scroll_into_view_if_needed()
    rings = panel.locator(".picked circle")
    expect(rings).to_have_count(2)
    number = maps.get_by_role("spinbutton", name="Image on the maps")
    number.focus()
    number.press("ArrowUp")
    expect(maps.get_by_role("heading")).to_contain_text("Image 5")
    expect(page).to_have_url(re.compile("image=5"))
    number.press("ArrowUp")
    expect(maps.get_by_role("heading")).to_contain_text("Image 6")  # whoever types keeps the focus
    expect(page).to_have_url(re.compile("image=6"))
    expect(maps.locator("aside dt")).to_have_text(["all", "● robust", "▲ non-robust"])
    last = number.get_attribute("max")
    number.fill("99999")
    expect(number).to_have_value(str(last))
    expect(maps.get_by_role("heading")).to_contain_text(f"Image {last}:")


def test_a_click_on_a_point_shows_its_image(page: Page, app: App) -> None:
    maps = opened(page, app, image=4)
    rings = maps.locator("svg").nth(1).locator(".picked circle")
    box = standing(rings.first)
    maps.get_by_role("spinbutton", name="Image on the maps").fill("7")
    expect(maps.get_by_role("heading")).to_contain_text("Image 7")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(maps.get_by_role("heading")).not_to_contain_text("Image 7")
    expect(maps.locator("aside dd")).to_have_count(3)


def test_the_page_opens_with_an_example_and_goes_on_to_ones_own(page: Page, app: App) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(app.url("clusters"))
    maps = keyed(drawn(page), "clusters")
    expect(maps).to_contain_text("airplane")
    for part in (
        page.get_by_role("heading", level=1),
        keyed(page, "answer"),
        maps.locator("svg").nth(2),
        keyed(page, "doubt"),
    ):
        box = standing(part)
        assert box["y"] + box["height"] <= 720
    maps.get_by_role("spinbutton", name="Image on the maps").fill("7")
    expect(maps.get_by_role("heading")).to_contain_text("Image 7")
    keyed(page, "own_maps").get_by_role("button").click()
    expect(keyed(page, "clusters")).to_contain_text("crescent")
    expect(page).to_have_url(re.compile("example=0"))
    expect(keyed(page, "example_maps")).to_be_visible()  # the way back
    expect(page).not_to_have_url(re.compile("image=7"))  # that was an image of the example


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
    expect(waiting.value).to_have_url(re.compile(rf"explain\?.*image={image[1]}\b"))
    drawn(waiting.value)


def test_what_is_selected_stays_selected_on_the_control(page: Page, app: App) -> None:
    maps = opened(page, app)
    maps.get_by_role("button", name="3", exact=True).click()
    heading = maps.get_by_role("heading").inner_text()
    keyed(page, "choose_map").get_by_role("radio", name="Wrong label").click()
    expect(page).to_have_url(re.compile("map=wrong"))
    expect(keyed(page, "clusters")).to_contain_text("by that label")
    expect(keyed(page, "answer")).to_contain_text("Given a wrong label")
    tops = {round(standing(svg)["y"]) for svg in keyed(page, "clusters").locator("figure svg").all()}
    assert len(tops) == 1, "the maps stand level under titles of one line and of two"
    expect(keyed(page, "clusters").get_by_role("heading")).to_have_text(heading)


def test_the_maps_can_be_saved_and_small_multiples_opened(page: Page, app: App) -> None:
    maps = opened(page, app)
    with page.expect_download() as waiting:
        maps.get_by_role("button", name="Save as PNG").click()
    assert waiting.value.suggested_filename == "clusters.png"
    keyed(page, "part_drawn").get_by_text("Does the picture depend on how it is drawn?").click()
    expect(keyed(page, "multiples").locator("svg")).to_have_count(9)


def test_without_its_images_a_map_names_the_class(page: Page, app: App) -> None:
    maps = opened(page, app, data="cifar10", model="cifar10-vgg16-adv", compare="none")
    expect(maps.get_by_role("heading")).to_have_text(re.compile(r"^Image 0: \w+$"))
    settle(page)
    expect(maps.locator(".thumbnail")).to_have_count(0)
    expect(maps.get_by_role("link")).to_have_count(0)
    around(page, maps.locator("svg").first)
    expect(maps.get_by_role("link").first).to_have_text(re.compile(r"^\d+ \w+$"))


@pytest.mark.parametrize("width", [360, 768, 1920])
def test_nothing_is_cut_off_at_any_width(page: Page, app: App, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    maps = opened(page, app)
    edge = standing(maps)
    for svg in maps.locator("svg").all():
        box = standing(svg)
        assert box["width"] == pytest.approx(box["height"], abs=1)
        assert box["x"] + box["width"] <= edge["x"] + edge["width"] + 1
