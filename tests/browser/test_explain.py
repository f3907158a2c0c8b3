"""A person at the Explain page, in a real browser."""

import csv
import json
import re
from io import StringIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.actions import click_bar, drawn, eventually, give, keyed, opened, pick, picture, saved
from tests.browser.driver import App

pytestmark = pytest.mark.browser


def test_another_image_from_the_strip(page: Page, app: App) -> None:
    opened(page, app)
    keyed(page, "strip").get_by_role("button").nth(3).click()
    expect(page).to_have_url(re.compile("image=3"))
    expect(keyed(page, "headline")).to_contain_text("Test image 3")
    keyed(page, "next").get_by_role("button").click()
    expect(keyed(page, "headline")).to_contain_text("Test image 4")


def test_another_attack_and_strength(page: Page, app: App) -> None:
    opened(page, app)
    keyed(page, "settings").get_by_role("button").click()
    keyed(page, "choose_attack").get_by_role("radio", name="FGSM").click()
    expect(keyed(page, "provenance")).to_contain_text("FGSM")
    strength = page.get_by_role("spinbutton", name="Largest change of a pixel, of 255")
    strength.fill("4")
    strength.press("Enter")
    expect(keyed(page, "provenance")).to_contain_text("4/255")
    expect(page).to_have_url(re.compile("attack=fgsm"))


def test_another_model(page: Page, app: App) -> None:
    opened(page, app)
    pick(page, "choose_model", "digits-vgg16-standard")
    expect(page).to_have_url(re.compile("model=digits-vgg16-standard"))
    expect(keyed(page, "provenance")).to_contain_text("digits-vgg16-standard")


def test_a_bar_opens_its_card_and_its_channel_changes_sides(page: Page, app: App) -> None:
    opened(page, app)
    card, before = keyed(page, "channel_card"), keyed(page, "predictions_main").inner_text()
    title = card.locator("strong").first.inner_text()
    click_bar(page, "noise_bars", 5)
    expect(card.locator("strong").first).not_to_have_text(title)
    expect(page).to_have_url(re.compile(r"channel=\d"))
    keyed(page, "move_channel").get_by_role("button").click()
    expect(keyed(page, "reset_channels")).to_be_visible()
    expect(page).to_have_url(re.compile(r"moved=\d"))
    expect(keyed(page, "predictions_main")).not_to_have_text(before)


def test_a_wrong_label(page: Page, app: App) -> None:
    opened(page, app)
    chart = keyed(page, "labels_side_by_side")
    pick(page, "choose_wrong", "7")
    expect(page).to_have_url(re.compile("wrong=7"))
    expect(chart).to_contain_text("wrong label: 7")


def test_an_image_of_ones_own(page: Page, app: App) -> None:
    opened(page, app)
    give(page, "cross.png", picture())
    expect(keyed(page, "headline")).to_contain_text("Cross.png")
    expect(keyed(page, "provenance")).to_contain_text("predicted")


def test_one_own_image_after_another_stands_in_the_address(hurried_page: Page, app: App) -> None:
    """U8: the copied link and Back show what the screen shows."""
    opened(hurried_page, app)
    for name in ("a", "b", "c"):
        give(hurried_page, f"{name}.png", picture())
        expect(keyed(hurried_page, "headline")).to_contain_text(f"{name.upper()}.png")
        expect(hurried_page).to_have_url(re.compile("own=1"))


@pytest.mark.parametrize("attack", ["bim", "apgd-ce"])
def test_what_is_exported_is_what_is_shown(page: Page, app: App, tmp_path: Path, attack: str) -> None:
    """U4: also of an attack that has no one step size."""
    opened(page, app, image=7, attack=attack)
    keyed(page, "export").get_by_role("button").first.click()

    def ask(key: str) -> str:
        return saved(page, keyed(page, key).get_by_role("button").click)

    record = json.loads(ask("export_json"))
    assert (record["model"], record["image"]) == ("digits-vgg16-adv", 7)
    rows = list(csv.DictReader(StringIO(ask("export_csv"))))
    assert sum(row["robust"] == "True" for row in rows) == record["counts"]["robust"]
    report = tmp_path / "report.html"
    report.write_text(ask("export_html"), encoding="utf-8")
    page.context.set_offline(True)
    page.goto(report.as_uri())
    expect(page.locator("body")).to_contain_text("digits-vgg16-adv")
    expect(page.locator("dl").first).to_contain_text(attack.upper())
    expect(page.locator(".chart.js-plotly-plot")).to_have_count(2)
    expect(page.locator(".modebar-btn").first).to_be_attached()
    expect(page.locator('[data-title*="hare"]')).to_have_count(0)  # plotly's own would upload the chart


def test_a_chart_can_be_saved_as_a_picture(page: Page, app: App) -> None:
    opened(page, app)
    chart = keyed(page, "noise_bars")
    chart.hover()
    with page.expect_download() as waiting:
        chart.locator('[data-title^="Download"]').click()
    with Image.open(waiting.value.path()) as image:
        assert image.format == "PNG"


def test_a_copied_link_opens_the_same(page: Page, app: App) -> None:
    opened(page, app, image=5, attack="fgsm", beta=0.7, channel=3, moved="3,8", wrong=2)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    first = said(page)
    page.goto("about:blank")
    page.goto(link)
    eventually(lambda: said(drawn(page)) == first)


def said(page: Page) -> list[str]:
    """What the page says of its selection, without how long it took."""
    texts = [keyed(page, key).inner_text() for key in ("headline", "predictions_main", "channel_card", "provenance")]
    return [re.sub(r"computed live in.*|\d{4}-\d\d-\d\d.*", "", text) for text in texts]


def test_without_its_data_a_model_explains_an_image_of_ones_own(page: Page, app: App) -> None:
    page.goto(app.url("explain", data="cifar10"))
    expect(page.get_by_role("heading", name="The images of cifar10 are not on this machine")).to_be_visible()
    expect(keyed(page, "work_fetch")).to_be_visible()
    give(page, "cross.png", picture())
    expect(keyed(page, "headline")).to_contain_text("Cross.png")
    expect(keyed(page, "provenance")).to_contain_text("cifar10-vgg16-adv")
