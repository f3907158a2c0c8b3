"""What every page owes, whichever it is: opened on the shipped models and results, without CIFAR-10."""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from core import store
from core.models import available_models, load_card
from dashboard.selection.state import PARTS
from tests.dashboard.conftest import APP, TIMEOUT

PAGES = tuple(sorted(path.parent.name for path in (store.PROJECT / "dashboard" / "screens").glob("*/page.py")))
ON_RESULTS = ("clusters", "bottleneck", "channels", "visualize", "attacks")
MODELS = tuple(path.stem for path in sorted(store.MODELS.glob("*.json")))
FULL = {"data": "shapes", "model": "shapes-vgg16-adv"}  # images, and a result of every kind, are here
SETTINGS = ("selectbox", "number_input", "text_input", "checkbox", "slider", "file_uploader")
SHORT = "label,seeds,readings"  # of Explain
# Explain's first screen has both networks side by side, and the paper prints nothing of shapes.
NO_FOLDS = {"explain": ("rival",), "attacks": ("printed",)}
Shipped = Callable[..., AppTest]


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shipped:
    """`shipped("clusters", beta="5")`: a page as a fresh clone shows it."""
    monkeypatch.setenv("FEATURE_SIEVE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path / "runs"))

    def run(page: str, **parameters: str) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=TIMEOUT)
        for name, value in parameters.items():
            app.query_params[name] = value
        if page != "start":
            app._page_hash = calc_hash(page)
        return app.run()

    return run


def parts(app: AppTest, *keys: str) -> list[str]:
    """Of some keys, those that a part of the page bears."""
    return [key for key in keys if key in str(app._tree)]


def infos(app: AppTest) -> str:
    return " ".join(info.value for info in app.info).replace("\\", "")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("page", PAGES)
def test_without_data_a_page_breaks_nowhere_and_offers_it_once(shipped: Shipped, page: str, model: str) -> None:
    data = load_card(available_models()[model]).data
    app = shipped(page, data=data, model=model, hide=SHORT)
    assert not app.exception
    assert not app.error
    offers = [code.value for code in app.code if "data fetch" in code.value]
    absent = data == "cifar10" and page not in ("start", "paper")
    assert offers == ([f"python -m core data fetch {data}"] if absent else [])


@pytest.mark.parametrize("page", PAGES)
def test_the_provenance_can_be_left_out(shipped: Shipped, page: str) -> None:
    lines = [len(shipped(page, **FULL, hide=hide).get("divider")) for hide in (SHORT, f"{SHORT},footer")]
    assert lines[0] - lines[1] == 1, "the line above it"


@pytest.mark.parametrize("page", PAGES)
def test_a_presentation_shows_no_settings_and_the_way_out(shipped: Shipped, page: str) -> None:
    app = shipped(page, **FULL, mode="present")
    assert not app.exception
    assert not [widget for kind in SETTINGS for widget in app.get(kind)]
    assert not [button.key for button in app.button if str(button.key).startswith("work")]
    assert app.button(key="leave").label == "Leave"


@pytest.mark.parametrize("page", ON_RESULTS)
def test_a_page_says_where_the_header_differs_from_what_is_shown(shipped: Shipped, page: str) -> None:
    assert "other settings" not in infos(shipped(page, **FULL))
    said = infos(shipped(page, **FULL, attack="fgsm", epsilon="0.2", beta="5", seed="9"))
    assert "other settings than those above" in said
    assert "seed 0" in said
    assert ("ε 16/255" in said) == (page != "paper")
    assert ("β 0.3" in said) == (page in ("clusters", "channels", "visualize"))


def test_the_link_is_told_what_was_not_taken(shipped: Shipped) -> None:
    app = AppTest.from_file(APP, default_timeout=TIMEOUT)
    app._page_hash = calc_hash("clusters")
    app.query_params["image"] = ["3", "5"]
    app.query_params["hide"] = "nonsense"
    app.query_params["channel"] = "9999"
    said = app.run().warning[0].value.replace("\\", "")
    for part in ("names image 2 times", "hide='nonsense'", "there is no channel 9999"):
        assert part in said
    assert app.query_params["image"] == "5"


def test_a_fault_is_told_in_the_projects_own_words(shipped: Shipped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.frame.page.looked_at_line", lambda *_: 1 / 0)
    (fault,) = shipped("start").exception
    assert "terminal" in fault.message
    assert "Cloud" not in fault.message
    assert "division" not in fault.message


def test_a_replaced_data_set_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    from dashboard.answers import at_hand

    monkeypatch.setenv("FEATURE_SIEVE_DATA", str(tmp_path))
    for shade, changed in ((0, 1), (255, 2)):
        for name in ("a", "b"):
            (tmp_path / "folder" / name).mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (32, 32), (shade,) * 3).save(tmp_path / "folder" / name / "1.png")
        for path in (tmp_path / "folder").rglob("*"):
            os.utime(path, (changed, changed))
        os.utime(tmp_path / "folder", (changed, changed))
        st.cache_data.clear()  # what was looked up within the last second
        assert at_hand.dataset("folder").images.max() == shade / 255


@pytest.mark.parametrize("page", PAGES)
def test_a_model_that_knows_other_classes_than_the_data_breaks_no_page(
    shipped: Shipped, tmp_path: Path, page: str
) -> None:
    folder, card = (
        tmp_path / "runs" / "train" / "other",
        json.loads((store.MODELS / "digits-vgg16-adv.json").read_text()),
    )
    folder.mkdir(parents=True)
    names = [f"other {label}" for label in range(10)]
    (folder / "digits-other.json").write_text(json.dumps(card | {"name": "digits-other", "class_names": names}))
    shutil.copy(store.MODELS / "digits-vgg16-adv.safetensors", folder / "digits-other.safetensors")
    app = shipped(page, data="digits", model="digits-other", compare="none")
    assert not app.exception
    if page == "explain":
        assert "digits-other knows the classes" in app.error[0].value.replace("\\", "")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_lists_its_parts_as_the_address_knows_them(shipped: Shipped, page: str) -> None:
    known = PARTS.get(page, ())
    app = shipped(page, **FULL, open=",".join(known))
    assert not app.exception
    folds = [fold.proto.id.split("fold_")[1] for fold in app.expander if "fold_" in fold.proto.id]
    assert folds == [part for part in known if part not in NO_FOLDS.get(page, ())]


@pytest.mark.parametrize("page", PAGES)
def test_every_slide_of_a_presentation_stands_alone(shipped: Shipped, page: str) -> None:
    place = re.compile(r"(\d+)/(\d+) · page")
    count, titles = 1, []
    while len(titles) < count:
        app = shipped(page, **FULL, mode="present", slide=str(len(titles)))
        assert not app.exception
        number, total = next(found for block in app.markdown if (found := place.search(block.value))).groups()
        titles, count = [*titles, app.title[0].value], int(total)
        assert int(number) == len(titles)
        assert len(app.title) == 1
    assert len(set(titles)) == count <= len(PARTS.get(page, ())) + 1
