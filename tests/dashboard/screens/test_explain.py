"""The Explain page, opened from links and used, without a browser."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from core import store
from core.analysis.empty_set import empty_set
from dashboard.answers.remember import MEMORY
from tests.dashboard.conftest import read

ALL = "channels,label,seeds,readings"
Opened = Callable[..., AppTest]
DIGITS = {"data": "digits"}
GOOD_LINKS = (
    {},
    DIGITS,
    DIGITS | {"image": "499", "attack": "none"},
    DIGITS | {"model": "digits-vgg16-standard", "attack": "fgsm", "epsilon": "0.05"},
    DIGITS | {"compare": "none", "attack": "bim", "beta": "1", "seed": "3"},
    DIGITS | {"label": "predicted", "tolerance": "batch", "kl": "mean"},
    DIGITS | {"label": "4", "wrong": "2", "kl": "sum"},
    DIGITS | {"cut": "conv4_3", "compare": "none"},
    DIGITS | {"channel": "5", "moved": "5,9", "split_of": "own"},
    DIGITS | {"mode": "present"},
    DIGITS | {"hide": "channels,label,seeds,readings", "epsilon": "0"},
    DIGITS | {"hide": "controls,strip,footer,label,seeds,readings", "draws": "4"},
    DIGITS | {"beta": "100", "hide": "label,seeds,readings"},
    DIGITS | {"beta": "0", "hide": "label,seeds,readings"},
    {"data": "cifar10"},
)
BROKEN_LINKS = (
    (DIGITS | {"image": "99999999"}, "the last one is shown"),
    ({"model": "digits-vgg16-advv"}, "digits-vgg16-adv is shown instead"),
    ({"data": "imagenet", "attack": "<script>alert(1)</script>"}, "shapes is shown instead"),
    (DIGITS | {"compare": "cifar10-vgg16-adv", "cut": "conv9_9", "attack": "pgdd"}, "pgd is shown instead"),
    (DIGITS | {"own": "1", "label": "77", "channel": "500", "moved": "900"}, "only in the session"),
)


@pytest.mark.parametrize("link", GOOD_LINKS, ids=str)
def test_a_good_link_opens_without_a_word(opened: Opened, link: dict[str, str]) -> None:
    app = opened("explain", **link)
    assert app.title[0].value
    assert not [warning.value for warning in app.warning if "link" in warning.value or "There is no" in warning.value]
    assert not [block for block in app.markdown if block.proto.allow_html]


@pytest.mark.parametrize(("link", "says"), BROKEN_LINKS, ids=str)
def test_a_broken_link_opens_the_nearest_and_says_so(opened: Opened, link: dict[str, str], says: str) -> None:
    app = opened("explain", **link)
    said = app.warning[0].value.replace("\\", "")
    assert says in said
    assert "<script" not in app.warning[0].value.replace("\\<", "")
    assert app.title[0].value.startswith("What happened")


def test_the_address_names_what_is_shown(opened: Opened) -> None:
    app = opened("explain", data="digits", image="3", attack="fgsm")
    shown = dict(app.query_params)
    assert shown["model"] == "digits-vgg16-adv"
    assert shown["compare"] == "digits-vgg16-standard"
    assert (shown["image"], shown["attack"]) == ("3", "fgsm")
    app.button(key="next").click().run()
    assert app.query_params["image"] == "4"
    assert "test image 4" in app.caption[-1].value


def test_the_footer_says_what_the_numbers_come_from(opened: Opened) -> None:
    app = opened("explain", data="digits", image="3", beta="0.7", seed="5", attack="bim")
    footer = app.caption[-1].value.replace("\\", "")
    for part in ("digits test image 3", "digits-vgg16-adv", "sha256", "β 0.7", "seed 5", "BIM, L∞", "label supplied"):
        assert part in footer


def test_a_moved_channel_changes_the_predictions_and_comes_back(opened: Opened) -> None:
    app = opened("explain", open=ALL, data="digits", image="3", compare="none", hide="label,seeds,readings")
    before = chart(app, 0)
    app.button(key="move_channel").click().run()
    assert chart(app, 0) != before
    assert app.query_params["moved"]
    app.button(key="reset_channels").click().run()
    assert chart(app, 0) == before
    assert "moved" not in app.query_params


def chart(app: AppTest, number: int) -> object:
    return json.loads(app.get("plotly_chart")[number].proto.spec)["data"]


def test_every_chart_says_its_takeaway(opened: Opened) -> None:
    app = opened("explain", open=ALL, data="digits")
    charts = app.get("plotly_chart")
    assert len(charts) == 7
    assert all(block.proto.alt for block in charts)


def test_another_data_set_brings_its_own_models(opened: Opened) -> None:
    app = opened("explain", data="digits", image="3")
    app.selectbox(key="choose_data").set_value("shapes").run()
    assert app.selectbox(key="choose_model").value == "shapes-vgg16-adv"
    assert app.query_params["image"] == "0"
    assert not app.warning or "link" not in app.warning[0].value


def test_a_reading_sets_its_parts(opened: Opened) -> None:
    app = opened("explain", open=ALL, data="digits", compare="none", hide="channels,label,seeds")
    app.segmented_control(key="reading").set_value("as in the paper").run()
    assert app.query_params["kl"] == "sum"
    assert app.selectbox(key="choose_kl").value == "sum"
    table = app.dataframe[-1].value
    assert list(table["part"]) == [
        "as shown",
        "tolerance T over",
        "KL over channels",
        "label supplied",
        "noise draws a step",
    ]
    assert table["channels changed"][0] == 0


def picture() -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.arange(40 * 60 * 3, dtype=np.uint8).reshape(40, 60, 3)).save(file, "PNG")
    return file.getvalue()


def test_an_own_image_is_split_with_the_prediction_and_says_so(opened: Opened) -> None:
    app = opened("explain", data="cifar10")
    assert "not on this machine" in app.markdown[0].value
    assert "data fetch cifar10" in app.code[0].value
    app.file_uploader(key="upload").upload("[my](http://x) cat.png", picture(), "image/png").run()
    assert not app.exception
    assert "own prediction supplied" in "".join(block.value for block in app.markdown)


def test_an_upload_that_is_no_picture_is_refused_in_one_sentence(opened: Opened) -> None:
    app = opened("explain", data="digits", hide="label,seeds,readings")
    app.file_uploader(key="upload").upload("cat.png", b"GIF89a no picture", "image/png").run()
    assert not app.exception
    assert "Expected a PNG" in app.error[0].value
    assert "own" not in app.query_params


def test_an_empty_robust_side_is_said_and_the_next_one_is_offered(opened: Opened) -> None:
    app = opened("explain", data="digits", beta="100", kl="sum", compare="none", hide="label,seeds,readings")
    assert "No channel of this image" in app.warning[0].value
    app.button(key="nearest_robust").click().run()
    assert not app.exception


def test_nobody_speaks_for_an_empty_robust_side_anywhere_on_the_page(opened: Opened) -> None:
    """U13: charts, their words and tables, sentences, readings; with the label part, and with a channel moved away."""
    app = opened("explain", open=ALL, data="digits", beta="100", kl="sum", compare="none")
    assert not app.exception
    assert empty_set() in read(app.markdown[0].value)
    alts = [block.proto.alt for block in app.get("plotly_chart")]
    assert "robust only nothing: no channel" in alts[0]
    given = next(alt for alt in alts if alt.startswith("Given "))
    assert "robust channels alone say nothing: no channel." in given
    readings = next(frame.value for frame in app.dataframe if "robust only says" in frame.value)
    assert readings["robust only says"].iloc[0] == "nothing: no channel"
    app.button(key="move_channel").click().run()
    effect = next(text.value for text in app.markdown if text.value.startswith("After the move"))
    assert "nothing: no channel →" in effect


def test_damaged_weights_are_an_error_in_one_sentence(
    opened: Opened, in_world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(in_world / "models", tmp_path / "models")
    weights = tmp_path / "models" / "shapes-vgg16-adv.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    monkeypatch.setattr(store, "MODELS", tmp_path / "models")
    st.cache_resource.clear()
    MEMORY.clear()
    app = opened("explain", data="shapes")
    assert "do not have the hash" in app.error[0].value.replace("\\", "")
    assert app.selectbox(key="choose_model").value == "shapes-vgg16-adv"


def test_what_is_fixed_over_the_five_seeds_is_said(opened: Opened) -> None:
    hidden = {"data": "digits", "compare": "none", "hide": "channels,label,readings", "open": ALL}
    said = [
        "".join(part.value for part in opened("explain", **hidden, tolerance=t).markdown) for t in ("image", "batch")
    ]
    assert ["nothing else changed" in one for one in said] == [True, False]
    assert "not that of its batch" in said[1]
