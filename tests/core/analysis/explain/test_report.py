"""The report is one file: nothing outside it is asked for, and nothing inside it is anything but text (SEC-4)."""

import base64
import io
import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from core.analysis.explain.controls import controls
from core.analysis.explain.explanation import Explanation, explain
from core.analysis.explain.record import Conditions, record
from core.analysis.explain.report import report
from core.attacks import ATTACKS, ThreatModel, build_attack
from core.models import random_twin
from tests.core.analysis.conftest import BOTTLENECK, Bench

VOID = {"meta", "img", "path"}
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
PLOTLY = 5_000_000  # bytes, about, of the library that every report holds


class Page(HTMLParser):
    """Every tag with its attributes, all text, the scripts and what they are made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text, self.open, self.charts = "", list[str](), ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["script"]:
            self.charts = self.charts or data  # the first holds the figures, as data
        elif self.open[-1:] != ["style"]:
            self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every such tag."""
        return [attrs for name, attrs in self.tags if name == tag]


def read(found: dict[str, Any], explanation: Explanation) -> Page:
    return Page(report(found, explanation.x, explanation.x_adv))


@pytest.fixture
def page(found: dict[str, Any], explanation: Explanation) -> Page:
    return read(found, explanation)


def test_what_opens_is_closed(page: Page) -> None:
    assert page.open == []


def test_it_asks_for_nothing_outside_itself(page: Page) -> None:
    assert not {"link", "iframe", "object", "base", "form"} & {tag for tag, _ in page.tags}
    addresses = [value or "" for _, attrs in page.tags for name, value in attrs.items() if name in ("src", "href")]
    assert len(addresses) == 3
    assert all(address.startswith("data:image/png;base64,") for address in addresses)
    assert "http:" not in page.text
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    policy = next(attrs["content"] for attrs in page.of("meta") if "http-equiv" in attrs)
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy.replace("http-equiv", "")


def test_no_script_runs_but_the_pages_own(page: Page) -> None:
    policy = next(attrs["content"] for attrs in page.of("meta") if "http-equiv" in attrs)
    data, *running = page.of("script")
    assert data == {"type": "application/json", "id": "charts"}
    assert len(running) == 2
    assert all(f"script-src 'nonce-{attrs['nonce']}'" in str(policy) for attrs in running)


def test_the_pictures_are_the_images_pixel_by_pixel(page: Page, explanation: Explanation) -> None:
    sources = [attrs["src"] or "" for attrs in page.of("img")]
    shown = [np.asarray(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2])))) for source in sources]
    for picture, x in ((shown[0], explanation.x), (shown[2], explanation.x_adv)):
        assert picture.shape == (192, 192, 3)
        levels = (x[0] * 255).round().byte().permute(1, 2, 0).numpy()
        assert (picture[::6, ::6] == levels).all()


def test_every_picture_and_chart_says_what_it_shows(page: Page) -> None:
    assert all(attrs["alt"] for attrs in page.of("img"))
    charts = [attrs["aria-label"] or "" for attrs in page.of("div") if attrs.get("class") == "chart"]
    assert len(charts) == 2
    assert "clean image: all channels" in charts[0]
    assert "channels tolerate more noise than T" in charts[1]


def test_the_figures_are_those_of_the_dashboard_in_both_looks(page: Page, found: dict[str, Any]) -> None:
    charts = json.loads(page.charts)
    assert [list(looks) for looks in charts.values()] == [["light", "dark"]] * 2
    channels = next(looks for name, looks in charts.items() if name.endswith("channels"))["light"]
    assert sum(len(trace["x"]["bdata"]) > 0 for trace in channels["data"] if trace["type"] == "bar") == 2
    assert f"tolerance T = {found['tolerance']:.3g}" in page.charts


def test_script_like_names_are_shown_as_text(found: dict[str, Any], explanation: Explanation) -> None:
    """SEC-4, for class names, the model's name, a file's name and every sentence made of them."""
    asked = json.loads(json.dumps(found).replace("dog", json.dumps(HOSTILE)[1:-1]))
    asked["image"] = asked["label_used"] = asked["model"] = HOSTILE
    asked["findings"] = dict.fromkeys(asked["findings"], HOSTILE)
    asked["provenance"] |= {"data": HOSTILE, "cut": HOSTILE, "label": HOSTILE}
    page = read(asked, explanation)
    assert page.open == []
    assert (len(page.of("script")), len(page.of("img"))) == (3, 3)
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    assert page.text.count(HOSTILE) >= 8
    assert "<" not in page.charts, "no sign in a figure ends its script"
    assert "<img" not in json.dumps(json.loads(page.charts)), "plotly reads a little HTML"


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


@pytest.fixture(scope="module")
def ten(bench: Bench) -> Bench:
    """The same with ten classes, which some attacks need."""
    names = tuple(f"class {k}" for k in range(10))
    card = replace(bench.card, num_classes=10, class_names=names)
    return replace(bench, card=card, model=random_twin(card, seed=1), twin=random_twin(card))


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_has_a_report(name: str, ten: Bench, conditions: Conditions) -> None:
    """A2: also those without a radius, without a step size, with restarts."""
    few = {"steps": 2, "queries": 2, "restarts": 2, "search_steps": 1, "binary_steps": 1}
    attack = build_attack(name, ThreatModel(epsilon=0.1), **few)
    x, label = ten.data.images[:1], int(ten.model(ten.data.images[:1]).argmax())
    explanation = explain(ten.model, x, label, attack=attack, bottleneck=BOTTLENECK)
    checks = controls(ten.model, ten.twin, explanation, BOTTLENECK)
    page = read(record(explanation, checks, replace(conditions, card=ten.card, attack=attack)), explanation)
    assert page.text.count(name.upper()) >= 3
    assert "None" not in page.text
    assert f"{attack.schedule.steps} steps" in page.text


def test_without_attack_there_is_one_picture_and_one_row(found: dict[str, Any], explanation: Explanation) -> None:
    found |= {"attack": "none", "true_label": None}
    found["provenance"] |= {"attack": None}
    page = Page(report(found, explanation.x, explanation.x))
    assert len(page.of("img")) == 1
    assert "attacked image" not in page.charts
    assert "its true class unknown" in page.text
    assert "✓" not in page.text


def test_an_empty_side_is_said_in_words(found: dict[str, Any], explanation: Explanation) -> None:
    found |= {"counts": {"robust": 0, "nonrobust": 32}, "robust": [False] * 32}
    found["findings"]["caution"] = "The network is saturated on this image."
    page = read(found, explanation)
    assert json.loads(page.charts)["1-predictions"]["light"]["data"][2]["text"].count("nothing: no channel") == 2
    label = next(attrs["aria-label"] for attrs in page.of("div") if attrs.get("class") == "chart")
    assert str(label).count("robust only nothing: no channel") == 2
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
    assert f"{names[150]} (above)" in text
    assert text.count("<details>") == 4, "long tables, how to cite it and the record are folded"
    assert len(text.encode()) < PLOTLY + 400_000
