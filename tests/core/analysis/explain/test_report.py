"""The report is one file: nothing outside it is asked for, and nothing inside it is anything but text (SEC-4)."""

import base64
import io
import json
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from core.analysis.explain.explanation import Explanation
from core.analysis.explain.report import report

VOID = {"meta", "img", "path"}
IMPLIED = {"tr", "td", "th"}  # HTML closes them by itself
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


class Page(HTMLParser):
    """Every tag with its attributes, all text, and whether what opens is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text, self.open = "", list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID | IMPLIED:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID | IMPLIED:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def page(found: dict[str, Any], explanation: Explanation) -> Page:
    return Page(report(found, explanation.x, explanation.x_adv))


def test_what_opens_is_closed(page: Page) -> None:
    assert page.open == []


def test_it_asks_for_nothing_outside_itself(page: Page) -> None:
    assert not {"script", "link", "iframe", "object", "base", "form"} & {tag for tag, _ in page.tags}
    addresses = [value or "" for _, attrs in page.tags for name, value in attrs.items() if name in ("src", "href")]
    assert len(addresses) == 3
    assert all(address.startswith("data:image/png;base64,") for address in addresses)
    assert "http:" not in page.text
    assert "url(" not in page.text
    assert "@import" not in page.text
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    policy = next(attrs["content"] for tag, attrs in page.tags if tag == "meta" and "http-equiv" in attrs)
    assert policy is not None
    assert policy.startswith("default-src 'none'")


def test_the_pictures_are_the_images_pixel_by_pixel(page: Page, explanation: Explanation) -> None:
    sources = [attrs["src"] or "" for tag, attrs in page.tags if tag == "img"]
    shown = [np.asarray(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2])))) for source in sources]
    for picture, x in ((shown[0], explanation.x), (shown[2], explanation.x_adv)):
        assert picture.shape == (192, 192, 3)
        levels = (x[0] * 255).round().byte().permute(1, 2, 0).numpy()
        assert (picture[::6, ::6] == levels).all()


def test_every_picture_and_chart_says_what_it_shows(page: Page) -> None:
    for tag, attrs in page.tags:
        if tag == "img":
            assert attrs["alt"]
        if tag == "svg":
            assert "channels tolerate more noise than T" in (attrs["aria-label"] or "")


def test_script_like_names_are_shown_as_text(found: dict[str, Any], explanation: Explanation) -> None:
    """SEC-4, for class names, the model's name, a file's name and every sentence made of them."""
    asked = json.loads(json.dumps(found).replace("dog", json.dumps(HOSTILE)[1:-1]))
    asked["image"] = asked["label_used"] = asked["model"] = HOSTILE
    asked["findings"] = dict.fromkeys(asked["findings"], HOSTILE)
    asked["provenance"] |= {"data": HOSTILE, "cut": HOSTILE, "label": HOSTILE}
    page = Page(report(asked, explanation.x, explanation.x_adv))
    assert page.open == []
    assert "script" not in {tag for tag, _ in page.tags}
    assert len([tag for tag, _ in page.tags if tag == "img"]) == 3
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    assert page.text.count(HOSTILE) >= 8


def test_the_claim_stands_beside_its_controls_and_its_source(page: Page, found: dict[str, Any]) -> None:
    """INT-3 and REP-4."""
    for control in found["controls"].values():
        assert control["finding"] in page.text
    for name in found["class_names"]:
        assert name in page.text
    for part in ("0" * 16, "seed", "stage conv5_3", "beta 0.1, 20 steps", "PGD, linf, epsilon 0.1", "torch 2"):
        assert part in page.text
    start = page.text.index('{"model":')
    assert json.JSONDecoder().raw_decode(page.text[start:])[0] == found


def test_without_attack_there_is_one_picture_and_one_row(found: dict[str, Any], explanation: Explanation) -> None:
    found |= {"attack": "none", "true_label": None}
    found["provenance"] |= {"attack": None}
    page = Page(report(found, explanation.x, explanation.x))
    assert [tag for tag, _ in page.tags].count("img") == 1
    assert [attrs.get("class") for _, attrs in page.tags].count("row") == 1
    assert "its true class unknown" in page.text
    assert "✓" not in page.text


def test_an_empty_side_is_said_in_words(found: dict[str, Any], explanation: Explanation) -> None:
    found |= {"counts": {"robust": 0, "nonrobust": 32}, "robust": [False] * 32}
    found["findings"]["caution"] = "The network is saturated on this image."
    page = Page(report(found, explanation.x, explanation.x_adv))
    assert page.text.count("No channel is on this side.") == 2
    assert "The network is saturated on this image." in page.text


def test_the_largest_case_stays_small(found: dict[str, Any]) -> None:
    """640 channels, 200 classes, 64 x 64 pixels of noise."""
    names, channels = [f"n{k:08d}" for k in range(200)], 640
    said = {"predicted": names[0], "predicted_index": 0, "probabilities": [0.1234567] * 200}
    entry = {"robust_predicts": names[1], "robust": 300, "echoed": True}
    found |= {
        "class_names": names,
        "true_label": names[0],
        "label_used": names[150],
        "predictions": {
            which: dict.fromkeys(("all", "robust", "nonrobust"), said) for which in ("clean", "adversarial")
        },
        "noise_variance": [0.1234567] * channels,
        "feature_variance": [0.01234567] * channels,
        "robust": [True] * channels,
        "counts": {"robust": channels, "nonrobust": 0},
    }
    found["controls"]["every_label"]["labels"] = [{"label": name, **entry} for name in names]
    x = torch.rand(1, 3, 64, 64)
    text = report(found, x, (x + 0.1).clamp(0, 1))
    assert "24 of 200 labels are drawn." in text
    assert f'<li class="echoed given"><b>{names[150]}</b>' in text
    assert len(text.encode()) < 200_000
