"""A person at the Attacks page, in a real browser; no evaluation of these networks is stored there."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import DIGITS, keyed, standing
from tests.browser.driver import App, settle

pytestmark = pytest.mark.browser
SHAPES = {"data": "shapes", "model": "shapes-vgg16-adv"}


def opened(page: Page, app: App, **selection: str) -> Page:
    """Attacks with a selection, drawn down to the slider."""
    page.goto(app.url("attacks", **(selection or DIGITS)))
    settle(page)
    keyed(page, "steps").get_by_role("slider").first.wait_for()
    return page


def test_the_slider_moves_the_image_by_keyboard_without_the_server(page: Page, app: App) -> None:
    steps = keyed(opened(page, app), "steps")
    slider, image = steps.get_by_role("slider"), steps.locator("image").first
    expect(slider).to_have_count(1)  # the second one, over the other chart, only repeats it
    for chart in steps.locator(".lines svg").all():
        expect(chart.get_by_text("10", exact=True)).to_have_count(1)  # the last position is named on the axis
    before = image.get_attribute("href")
    assert before is not None
    slider.focus()
    slider.press("Home")
    expect(steps.locator(".head p")).to_contain_text("step by step: clean")
    expect(image).not_to_have_attribute("href", before)
    slider.press("ArrowRight")
    expect(steps.locator(".head p")).to_contain_text("step by step: start")
    assert slider.get_attribute("aria-valuetext") == "Test image 0, step by step: start"


def test_the_thumb_stands_over_the_position_that_it_names(page: Page, app: App) -> None:
    """A click on a chart where its mark is drawn is the slider's own position, on both charts."""
    steps = keyed(opened(page, app), "steps")
    slider = steps.get_by_role("slider")
    for chart in steps.locator(".lines svg").all():
        standing(chart)
        for position in ("0", "7"):
            slider.fill(position)
            mark = chart.locator("g:last-child > path").first.bounding_box()
            rail = chart.locator("xpath=preceding-sibling::input").bounding_box()
            assert mark is not None
            assert rail is not None
            thumb = rail["x"] + 8 + int(position) * (rail["width"] - 16) / 11
            assert abs(mark["x"] + mark["width"] / 2 - thumb) < 2
            slider.fill("3")
            page.mouse.click(thumb, mark["y"] + mark["height"] / 2)
            assert slider.input_value() == position


def test_question_answer_picture_and_doubt_are_on_the_first_screen(page: Page, app: App) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    opened(page, app, **SHAPES)
    for part in (page.get_by_role("heading", level=1), keyed(page, "answer"), keyed(page, "steps")):
        box = standing(part.first)
        assert box["y"] + box["height"] <= 720
    box = standing(keyed(page, "doubt"))
    assert box["y"] + box["height"] <= 720


def test_another_image(page: Page, app: App) -> None:
    opened(page, app)
    keyed(page, "next").get_by_role("button").click()
    settle(page)
    expect(page.get_by_text("on test image 1", exact=False).first).to_be_visible()
