"""A person at the Explain page, in a real browser."""

import csv
import json
import re
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.actions import change, click_bar, drawn, eventually, give, keyed, opened, pick, picture, saved
from tests.browser.driver import App, settle

pytestmark = pytest.mark.browser
SHAPES = {"data": "shapes", "model": "shapes-vgg16-adv", "compare": "shapes-vgg16-standard"}


def focused(page: Page) -> str:
    """The name of what has the focus, inside components too."""
    return page.evaluate(
        """() => { let one = document.activeElement;
        while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
        return one?.title || one?.tagName || ""; }"""
    )


def thumbnails(page: Page) -> Locator:
    """The buttons of the strip."""
    return keyed(page, "strip").get_by_role("button")


def test_the_first_screen_has_the_answer_its_picture_and_the_doubt(page: Page, app: App) -> None:
    """At 1280 x 720, without scrolling, and before any part is opened."""
    page.set_viewport_size({"width": 1280, "height": 720})
    opened(page, app, **SHAPES)
    for key in ("answer", "strip", "network_main", "network_rival", "doubt"):
        box = keyed(page, key).bounding_box()
        assert box is not None, key
        assert box["y"] + box["height"] <= 720, (key, box)
    for picture_ in keyed(page, "network_main").locator("img").all():
        assert picture_.get_attribute("alt")
    assert page.locator(".js-plotly-plot").count() == 0


@pytest.mark.parametrize("image", [186, 307])
def test_long_names_move_nothing(page: Page, app: App, image: int) -> None:
    """Bars line up in all three columns, the steps stay below the pointer, and the doubt stays on the screen."""
    page.set_viewport_size({"width": 1280, "height": 720})
    opened(page, app, **SHAPES, image=0)
    place = keyed(page, "next").bounding_box()
    opened(page, app, **SHAPES, image=image)
    assert keyed(page, "next").bounding_box() == place
    for key in ("main", "rival"):
        groups = keyed(page, f"predictions_{key}").locator("[role=img] > div > div").all()
        assert len(groups) == 3
        assert len({box["height"] for one in groups if (box := one.bounding_box())}) == 1
    box = keyed(page, "doubt").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 720


def test_the_number_of_a_link_stands_there_at_once(page: Page, app: App) -> None:
    """U17: no 0 flashes before it."""
    page.add_init_script(
        """window.numbers = []; setInterval(() => {
        const box = document.querySelector(".st-key-choose_image input");
        if (box && window.numbers.at(-1) !== box.value) window.numbers.push(box.value);
        }, 1);"""
    )
    opened(page, app, image=5)
    assert page.evaluate("window.numbers") == ["5"]
    keyed(page, "next").get_by_role("button").click()
    expect(keyed(page, "choose_image").get_by_role("spinbutton")).to_have_value("6")


def test_another_image_from_the_strip(page: Page, app: App) -> None:
    opened(page, app)
    thumbnails(page).nth(3).click()
    expect(page).to_have_url(re.compile("image=3"))
    expect(keyed(page, "provenance")).to_contain_text("test image 3")
    keyed(page, "next").get_by_role("button").click()
    expect(keyed(page, "provenance")).to_contain_text("test image 4")


def test_the_strip_is_one_stop_of_the_keyboard_and_keeps_the_focus(page: Page, app: App) -> None:
    """U14."""
    opened(page, app)
    first = thumbnails(page).nth(0)
    first.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    assert focused(page).startswith("image 2:")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("image=2(&|$)"))
    expect(keyed(page, "provenance")).to_contain_text("test image 2")
    settle(page)
    assert focused(page).startswith("image 2:")
    assert [one.get_attribute("tabindex") for one in thumbnails(page).all()].count("0") == 1


def test_the_filter_leads_from_one_fooled_image_to_the_next(page: Page, app: App) -> None:
    opened(page, app, **SHAPES, image=1)
    box = keyed(page, "choose_among").get_by_role("combobox")
    box.click()
    page.get_by_role("option", name=re.compile("^✗ fooled")).click()
    expect(page).to_have_url(re.compile("among=fooled"))
    expect(keyed(page, "answer")).to_contain_text("turns")
    drawn(page)
    expect(thumbnails(page).first).to_have_attribute("title", re.compile(", fooled$"))
    before = page.url
    keyed(page, "next").get_by_role("button").click()
    expect(page).not_to_have_url(before)
    drawn(page)
    expect(keyed(page, "answer")).to_contain_text("turns")


def test_another_attack_and_strength(page: Page, app: App) -> None:
    change(opened(page, app))
    keyed(page, "choose_attack").get_by_role("radio", name="FGSM").click()
    expect(keyed(page, "provenance")).to_contain_text("FGSM")
    strength = page.get_by_role("spinbutton", name="Largest change of a pixel, of 255")
    strength.fill("4")
    strength.press("Enter")
    expect(keyed(page, "provenance")).to_contain_text("4/255")
    expect(page).to_have_url(re.compile("attack=fgsm"))


def test_another_model(page: Page, app: App) -> None:
    change(opened(page, app))
    pick(page, "choose_model", "VGG-16, standard training")
    expect(page).to_have_url(re.compile("model=digits-vgg16-standard"))
    expect(keyed(page, "provenance")).to_contain_text("digits-vgg16-standard")


def test_a_bar_opens_its_card_and_its_channel_changes_sides(page: Page, app: App) -> None:
    opened(page, app, open="channels")
    card = keyed(page, "channel_card")
    title = card.locator("strong").first.inner_text()
    click_bar(page, "noise_bars", 5)
    expect(card.locator("strong").first).not_to_have_text(title)
    expect(page).to_have_url(re.compile(r"channel=\d"))
    keyed(page, "move_channel").get_by_role("button").click()
    expect(keyed(page, "reset_channels")).to_be_visible()
    expect(page).to_have_url(re.compile(r"moved=\d"))
    expect(card).to_contain_text("After the move")


def test_the_doubt_opens_the_part_that_shows_it(page: Page, app: App) -> None:
    opened(page, app)
    keyed(page, "open_label").get_by_role("button").click()
    expect(keyed(page, "labels_side_by_side")).to_be_visible()
    expect(page).to_have_url(re.compile("open=label"))


def test_a_wrong_label(page: Page, app: App) -> None:
    opened(page, app, open="label")
    pick(page, "choose_wrong", "7")
    expect(page).to_have_url(re.compile("wrong=7"))
    expect(keyed(page, "labels_side_by_side")).to_contain_text("wrong label: 7")


def test_an_image_of_ones_own_and_its_class(page: Page, app: App) -> None:
    opened(page, app)
    give(page, "cross.png", picture())
    expect(keyed(page, "provenance")).to_contain_text("cross.png")
    expect(keyed(page, "provenance")).to_contain_text("predicted")
    pick(page, "choose_truth", "4")
    expect(page).to_have_url(re.compile("truth=4"))
    expect(keyed(page, "answer")).to_contain_text("Given the true label")
    page.reload()
    expect(keyed(drawn(page), "answer")).to_contain_text("Given the true label")
    expect(keyed(page, "provenance")).to_contain_text("cross.png")


def test_one_own_image_after_another_stands_in_the_address(hurried_page: Page, app: App) -> None:
    """U8: the copied link and Back show what the screen shows."""
    opened(hurried_page, app)
    seen = set()
    for name in ("A", "b", "c"):
        give(hurried_page, f"{name}.png", picture(40 + 8 * len(seen)))
        expect(keyed(hurried_page, "provenance")).to_contain_text(f"{name}.png")
        eventually(lambda: re.search("own=[0-9a-f]{16}", hurried_page.url))
        seen.add(re.findall("own=([0-9a-f]{16})", hurried_page.url)[0])
    assert len(seen) == 3
    expect(thumbnails(hurried_page).nth(2)).to_have_attribute("title", "your image c.png")


def test_why_a_file_is_refused_is_there_to_read(page: Page, app: App) -> None:
    """U15: not on hovering only, and the name as it was written."""
    opened(page, app)
    give(page, 'My "cat".TXT', b"no picture")
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text('My "cat".TXT: Expected a PNG')


@pytest.mark.parametrize("attack", ["bim", "apgd-ce"])
def test_what_is_exported_is_what_is_shown(page: Page, app: App, tmp_path: Path, attack: str) -> None:
    """U4: also of an attack that has no one step size."""
    opened(page, app, image=7, attack=attack)
    keyed(page, "export").get_by_role("button").first.click()

    def ask(key: str) -> str:
        return saved(page, keyed(page, key).get_by_role("button").click)

    record = json.loads(ask("export_json"))
    assert (record["model"], record["image"]) == ("digits-vgg16-adv", 7)
    assert ask("export_bib").startswith("@inproceedings")
    rows = list(csv.DictReader(StringIO(ask("export_csv"))))
    assert sum(row["robust"] == "True" for row in rows) == record["counts"]["robust"]
    report = tmp_path / "report.html"
    report.write_text(ask("export_html"), encoding="utf-8")
    page.context.set_offline(True)
    page.goto(report.as_uri())
    expect(page.locator("body")).to_contain_text("digits-vgg16-adv")
    expect(page.locator("body")).to_contain_text("@inproceedings")
    expect(page.locator("dl").first).to_contain_text(attack.upper())
    expect(page.locator(".chart.js-plotly-plot")).to_have_count(2)
    expect(page.locator(".modebar-btn").first).to_be_attached()
    expect(page.locator('[data-title*="hare"]')).to_have_count(0)  # plotly's own would upload the chart


def test_the_attacked_image_can_be_taken_away(page: Page, app: App) -> None:
    opened(page, app)
    keyed(page, "export").get_by_role("button").first.click()

    def ask(key: str) -> bytes:
        return taken(page, keyed(page, key).get_by_role("button").click)

    exact = np.load(BytesIO(ask("export_npy")), allow_pickle=False)
    assert exact.shape == (3, 32, 32)
    with Image.open(BytesIO(ask("export_png"))) as image:
        levels = np.asarray(image.convert("RGB")).transpose(2, 0, 1)
    np.testing.assert_array_equal(levels, (255 * exact).round())


def taken(page: Page, click: Callable[[], None]) -> bytes:
    """The bytes of the file that a click brings."""
    with page.expect_download() as waiting:
        click()
    return Path(waiting.value.path()).read_bytes()


def test_a_chart_can_be_saved_as_a_picture(page: Page, app: App) -> None:
    opened(page, app, open="channels")
    chart = keyed(page, "noise_bars")
    chart.hover()
    with page.expect_download() as waiting:
        chart.locator('[data-title^="Download"]').click()
    with Image.open(waiting.value.path()) as image:
        assert image.format == "PNG"


def test_a_copied_link_opens_the_same(page: Page, app: App) -> None:
    opened(page, app, image=5, attack="fgsm", beta=0.7, channel=3, moved="3,8", wrong=2, open="channels,label")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    first = said(page)
    page.goto("about:blank")
    page.goto(link)
    eventually(lambda: said(drawn(page)) == first)


def said(page: Page) -> list[str]:
    """What the page says of its selection, without how long it took."""
    texts = [keyed(page, key).inner_text() for key in ("answer", "predictions_main", "channel_card", "provenance")]
    return [re.sub(r"computed live in.*|\d{4}-\d\d-\d\d.*", "", text) for text in texts]


def test_without_its_data_a_model_explains_an_image_of_ones_own(page: Page, app: App) -> None:
    page.goto(app.url("explain", data="cifar10"))
    expect(page.get_by_text("The images of cifar10 are not on this machine")).to_be_visible()
    expect(keyed(page, "work_fetch")).to_be_visible()
    give(page, "cross.png", picture())
    expect(keyed(page, "provenance")).to_contain_text("cross.png")
    expect(keyed(page, "provenance")).to_contain_text("cifar10-vgg16-adv")
