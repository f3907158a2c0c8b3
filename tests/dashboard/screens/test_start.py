"""The first screen: from stored results, without torch."""

import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save
from streamlit.testing.v1 import AppTest

from core import store
from core.look import percent
from dashboard.screens.start.caveat import doubt_of
from dashboard.screens.start.opening import answer_of
from tests.dashboard.conftest import APP, CLASSES, TIMEOUT

Opened = Callable[..., AppTest]


def prediction(name: str) -> dict[str, object]:
    k = CLASSES["shapes"].index(name)
    return {"predicted": name, "probabilities": [0.91 if i == k else 0.01 for i in range(10)]}


def fraction(value: float) -> dict[str, float]:
    return {"value": value, "n": 100, "low": value - 0.05, "high": value + 0.05}


START: dict[str, Any] = {
    "counts": {"robust": 2, "nonrobust": 3},
    "model": "shapes-vgg16-adv", "image": 7, "true_label": "ring", "attack": "pgd", "epsilon": 12 / 255, "beta": 0.3,
    "seed": 0, "class_names": list(CLASSES["shapes"]), "rule": "the first that satisfies a rule",
    "findings": {"verdict": "The attack turns ring into disc.", "sides": "With the label, ...", "caution": ""},
    "predictions": {
        when: {"all": prediction(all_), "robust": prediction("ring"), "nonrobust": prediction("disc")}
        for when, all_ in (("clean", "ring"), ("adversarial", "disc"))
    },
    "controls": {"every_label": {"echoed": 9}},
    "provenance": {
        "data": {"name": "shapes", "split": "test"}, "cut": "conv5_3", "label": "true: ring",
        "model": {"name": "shapes-vgg16-adv", "width": 0.25, "sha256": "ab" * 32}, "bottleneck": {"steps": 200},
    },
}  # fmt: skip
CLAIM: dict[str, Any] = {
    "side": "robust",
    "images": "attacked",
    "measured": fraction(0.9),
    "controls": {"wrong_label": fraction(0.8), "random_mask": fraction(0.3), "random_network": fraction(0.7)},
}


@pytest.fixture
def results(in_world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One stored survey, as small as the page allows."""
    folder = tmp_path / "shapes-vgg16-adv" / "start"
    folder.mkdir(parents=True)
    about = {"name": "shapes-vgg16-adv", "sha256": "ab" * 32}
    made = {"model": about, "data": {"name": "shapes", "sha256": "cd" * 32}, "made": "2026-11-20T"}
    store.write_json(folder / "manifest.json", made)
    store.write_json(folder / "config.json", {"kind": "Survey"})
    store.write_json(folder / "card.json", about)
    store.write_json(folder / "summary.json", {"n": 100, "claims": [CLAIM], "opening": START})
    picture = io.BytesIO()
    Image.new("RGB", (32, 32)).save(picture, "PNG")
    pixels = np.frombuffer(picture.getvalue(), np.uint8)
    (folder / "arrays.safetensors").write_bytes(save({"clean": pixels, "adversarial": pixels}))
    monkeypatch.setattr(store, "RESULTS", tmp_path)
    return tmp_path


def html(app: AppTest) -> str:
    """What is drawn without a charting library."""
    return " ".join(part.value for part in app.main.get("html"))


def test_the_answer_comes_first_then_the_picture_then_the_doubt(results: Path, opened: Opened) -> None:
    app = opened()
    said = [re.sub(r"\[([^][]*)\]\(#[^)]*\)", r"\1", block.value) for block in app.markdown]
    assert said[0] == (
        "The attack changes the network’s answer from **ring** to **disc**. Given the true label, the 2 "
        ":blue[● robust channels] alone still say **ring**."
    )
    assert f"Given a wrong label, they repeat it on {percent(0.8)} of 100 attacked images" in said[-1]
    assert [link.proto.label for link in app.get("page_link")][:2] == ["Explain an image", "Give it a wrong label"]
    assert "stored, made 2026" in app.caption[-1].value.replace("\\", "")


def test_what_channels_say_and_the_controls_are_drawn_without_plotly(results: Path, opened: Opened) -> None:
    app = opened()
    assert not app.get("plotly_chart")
    drawn = html(app)
    assert "Before the attack: all channels ring, robust only ring, non-robust only disc." in drawn
    assert "After the attack: all channels disc, robust only ring, non-robust only disc." in drawn
    for share in (0.9, 0.8, 0.3, 0.7):
        assert f"<b>{percent(share)}</b>" in drawn, "the claim never stands without its controls"


def test_a_presentation_keeps_the_controls_for_the_next_slide(results: Path, opened: Opened) -> None:
    first, second = (html(opened(mode="present", slide=slide)) for slide in ("0", "1"))
    assert "Before the attack" in first
    assert f"<b>{percent(0.3)}</b>" not in first
    assert f"<b>{percent(0.3)}</b>" in second


def test_the_pictures_come_with_the_page(results: Path, opened: Opened) -> None:
    drawn = html(opened())
    assert drawn.count('<img src="data:image/png;base64,') == 2
    assert 'alt="A ring."' in drawn


def test_both_ways_on_lead_to_this_image(results: Path, opened: Opened) -> None:
    explain, label = (link.proto.query_string for link in opened().get("page_link")[:2])
    assert "image=7" in explain
    assert "image=7" in label
    assert ("open=label" in explain, "open=label" in label) == (False, True)


def test_the_story_goes_on_with_its_first_image_unless_another_one_is_chosen(results: Path, opened: Opened) -> None:
    assert dict(opened().query_params)["image"] == "7"
    assert dict(opened(image="3").query_params)["image"] == "3"


def test_how_the_image_was_chosen_is_one_click_away(results: Path, opened: Opened) -> None:
    app = opened(open="labels,numbers")
    said = " ".join(block.value for block in app.markdown).replace("\\", "")
    assert "shapes test image 7 is the first that satisfies a rule." in said
    assert "the robust channels repeat 9 of the 10 labels they can be given" in said
    assert len(app.dataframe) == 2


@pytest.mark.parametrize(
    ("all_", "robust", "count", "sentence"),
    [
        ("ring", "ring", 2, "does not change the network’s answer, **ring**. Given the true label, the 2"),
        ("disc", "star", 2, "channels] alone then say **star**."),
        ("disc", "ring", 1, "the 1 :blue[● robust channel] alone still says **ring**."),
        ("disc", "ring", 0, "to **disc**; no channel is robust, so that side says nothing."),
    ],
)
def test_the_answer_is_what_the_record_says(all_: str, robust: str, count: int, sentence: str) -> None:
    attacked = {**START["predictions"]["adversarial"], "all": prediction(all_), "robust": prediction(robust)}
    said = answer_of(
        {**START, "counts": {"robust": count}, "predictions": {**START["predictions"], "adversarial": attacked}}
    )
    assert sentence in said


@pytest.mark.parametrize(
    ("repeated", "sentence"),
    [(0.8, "they say mostly what they were given"), (0.3, "part of what they say"), (0.0, "is more than the label")],
)
def test_the_doubt_is_as_large_as_the_control(repeated: float, sentence: str) -> None:
    control = {"value": repeated, "n": 100, "low": max(0.0, repeated - 0.05), "high": repeated + 0.05}
    claim = {**CLAIM, "controls": {**CLAIM["controls"], "wrong_label": control}}
    assert sentence in doubt_of({"n": 100, "claims": [claim]})


def test_start_without_results_says_so_and_offers_the_way_on(opened: Opened) -> None:
    app = opened()
    assert "No stored result" in app.info[0].value
    assert len(app.get("page_link")) == 3, "two ways on, and the next page"


def test_a_damaged_result_closes_no_door(results: Path, opened: Opened) -> None:
    (results / "shapes-vgg16-adv" / "start" / "summary.json").write_text("{", encoding="utf-8")
    app = opened()
    assert not app.error
    assert len(app.get("page_link")) == 3, "two ways on, and the next page"


def test_start_loads_none_of_the_large_libraries() -> None:
    large = {"torch", "torchvision", "sklearn", "scipy", "pandas"}
    script = f"""
import sys
from dashboard.answers import at_hand as here
here._warm_up = lambda: None
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({APP!r}, default_timeout={TIMEOUT}).run()
assert not app.exception, app.exception
print(sorted({{name.partition(".")[0] for name in sys.modules}} & {large}))
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=store.PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
