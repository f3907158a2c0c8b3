"""A person at the Bottleneck page, in a real browser: one slider moves everything, and the server hears nothing."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.actions import DIGITS, drawn, keyed, standing
from tests.browser.driver import App

pytestmark = pytest.mark.browser
GRID = ["0", "0.01", "0.03", "0.1", "0.3", "1", "3", "5", "10", "30"]
LAST = str(len(GRID) - 1)
VALUETEXT = "aria-valuetext"


def opened(page: Page, app: App, **parameters: object) -> Locator:
    """The panels of the first screen, drawn."""
    page.goto(app.url("bottleneck", **DIGITS | parameters))
    return keyed(drawn(page), "bottleneck")


def middle(locator: Locator) -> float:
    """Where something stands, from left to right."""
    box = standing(locator)
    return box["x"] + box["width"] / 2


def test_keys_move_every_panel_and_the_sentence_without_the_server(page: Page, app: App) -> None:
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    panels = opened(page, app, open="counts")
    slider, other = panels.get_by_role("slider"), keyed(page, "channel_counts").get_by_role("slider")
    expect(slider).to_have_count(1)  # of the two, one is enough for the keyboard
    expect(slider).to_have_attribute(VALUETEXT, "β 0.3")
    sentence, before = panels.locator(".head p"), len(sent)
    expect(sentence).to_contain_text("β 0.3")
    words = sentence.inner_text()
    slider.focus()
    slider.press("End")
    expect(sentence).to_contain_text("β 30")
    assert sentence.inner_text() != words
    expect(other).to_have_attribute(VALUETEXT, "β 30")
    expect(panels.locator("input[type=range]").nth(2)).to_have_value(LAST)
    slider.press("Home")
    slider.press("ArrowRight")
    expect(other).to_have_attribute(VALUETEXT, "β 0.01")
    assert len(sent) == before


def test_the_thumb_stands_over_the_position_in_every_panel(page: Page, app: App) -> None:
    panels = opened(page, app)
    for number in (0, 1):
        figure = panels.locator("figure").nth(number)
        slider = figure.locator("input")
        for place in (0, 4, len(GRID) - 1):
            slider.fill(str(place))
            expect(panels.locator(".head p")).to_contain_text(f"β {GRID[place]} ")
            box, mark = standing(slider), middle(figure.locator("svg g path").first)
            thumb = 16  # pixels, as slider.js has it
            assert mark == pytest.approx(box["x"] + thumb / 2 + (box["width"] - thumb) * place / (len(GRID) - 1), abs=2)


def test_a_drag_over_the_curves_moves_too(page: Page, app: App) -> None:
    panels = opened(page, app)
    curves, slider = standing(panels.locator("svg").first), standing(panels.locator("figure input").first)
    page.mouse.move(slider["x"] + 8, curves["y"] + 60)
    page.mouse.down()
    page.mouse.move(slider["x"] + slider["width"] - 8, curves["y"] + 60, steps=5)
    page.mouse.up()
    expect(panels.get_by_role("slider")).to_have_value(LAST)


def test_on_a_phone_the_slider_stays_in_sight_while_the_panels_are_scrolled(page: Page, app: App) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    panels = opened(page, app)
    panels.locator("svg").nth(1).scroll_into_view_if_needed()
    expect(panels.get_by_role("slider")).to_be_in_viewport()
    expect(panels.locator("svg").nth(1)).to_be_in_viewport()
    panels.get_by_role("slider").press("End")
    expect(panels.locator(".head p")).to_contain_text("β 30")


@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_nothing_is_cut_off_at_any_width(page: Page, app: App, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    panels = opened(page, app)
    expect(panels.get_by_role("slider")).to_have_count(1)
    edge = standing(panels)
    for text in panels.locator("svg text").all():
        box = text.bounding_box()
        assert box is not None
        assert edge["x"] - 1 <= box["x"]
        assert box["x"] + box["width"] <= edge["x"] + edge["width"] + 1, text.text_content()


def test_the_first_screen_shows_question_answer_picture_and_doubt(page: Page, app: App) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    opened(page, app)
    for part in (
        page.get_by_role("heading", level=1),
        keyed(page, "answer"),
        keyed(page, "bottleneck"),
        keyed(page, "doubt"),
    ):
        box = standing(part)
        assert box["y"] + box["height"] <= 720


def test_the_panels_can_be_saved(page: Page, app: App) -> None:
    panels = opened(page, app)
    with page.expect_download() as waiting:
        panels.get_by_role("button", name="Save as PNG").click()
    assert waiting.value.suggested_filename == "bottleneck.png"
