"""The Explain page, opened from links and used, without a browser."""

import io
import json
import re
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
ALL_OPEN = "channels,label,seeds,readings"
OWN = "0123456789abcdef"  # nothing of that name is kept
GOOD_LINKS = (
    {},
    DIGITS,
    DIGITS | {"image": "499", "attack": "none"},
    DIGITS | {"model": "digits-vgg16-standard", "attack": "fgsm", "epsilon": "0.05"},
    DIGITS | {"compare": "none", "attack": "bim", "beta": "1", "seed": "3", "open": ALL_OPEN},
    DIGITS | {"label": "predicted", "tolerance": "batch", "kl": "mean", "open": ALL_OPEN},
    DIGITS | {"label": "4", "wrong": "2", "kl": "sum", "open": "label"},
    DIGITS | {"cut": "conv4_3", "compare": "none", "open": "channels"},
    DIGITS | {"channel": "5", "moved": "5,9", "split_of": "own", "open": "channels"},
    DIGITS | {"mode": "present"},
    DIGITS | {"mode": "present", "slide": "2"},
    DIGITS | {"hide": "channels,label,seeds,readings", "epsilon": "0"},
    DIGITS | {"hide": "controls,strip,footer,label,seeds,readings", "draws": "4"},
    DIGITS | {"beta": "100", "open": "channels"},
    DIGITS | {"beta": "0", "open": "channels"},
    DIGITS | {"among": "fooled"},
    {"data": "cifar10"},
)
BROKEN_LINKS = (
    (DIGITS | {"image": "99999999"}, "the last one is shown"),
    ({"model": "digits-vgg16-advv"}, "digits-vgg16-adv is shown instead"),
    ({"data": "imagenet", "attack": "<script>alert(1)</script>"}, "shapes is shown instead"),
    (DIGITS | {"compare": "cifar10-vgg16-adv", "cut": "conv9_9", "attack": "pgdd"}, "pgd is shown instead"),
    (DIGITS | {"own": OWN, "label": "77", "channel": "500", "moved": "900"}, "is not kept here"),
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


def html(app: AppTest) -> list[str]:
    return [block.proto.body for block in app.get("html")]


def answer(app: AppTest) -> str:
    return read(app.markdown[0].value)


def predictions(app: AppTest) -> list[str]:
    """What the bars of each network say, for who cannot see them."""
    return [said for body in html(app) for said in re.findall(r'aria-label="(Predictions[^"]*)"', body)]


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
    for part in ("digits test image 3", "digits-vgg16-adv", "sha256", "β 0.7", "seed 5", "BIM, L∞", "label given"):
        assert part in footer


FIRST_SCREENS = ({}, {"compare": "none"}, {"attack": "none"}, {"beta": "100", "kl": "sum"}, {"label": "4"})


@pytest.mark.parametrize("link", FIRST_SCREENS, ids=str)
def test_the_first_screen_is_answer_pictures_and_doubt(opened: Opened, link: dict[str, str]) -> None:
    """No charting library, no table, nothing exact: that comes in parts, which are closed."""
    app = opened("explain", **DIGITS | link)
    assert not app.get("plotly_chart")
    assert not [fold for fold in app.expander if fold.proto.expanded]
    networks = 1 if link.get("compare") == "none" else 2
    assert len(predictions(app)) == networks
    assert sum(body.count("<img ") for body in html(app)) == networks * (1 if link.get("attack") == "none" else 3)
    given, doubts = answer(app), read(next(block.value for block in app.markdown if "balance" in block.value))
    assert "Given the" in given
    assert "label" in doubts
    for said in (given, doubts):
        sentences = re.split(r"(?<=[.])\s", said.partition("balance:")[2] or said)
        assert all(len(sentence.split()) < 25 for sentence in sentences), sentences


def test_the_doubt_opens_every_label(opened: Opened) -> None:
    app = opened("explain", **DIGITS)
    app.button(key="open_label").click().run()
    assert app.query_params["open"] == "label"
    assert [block.proto.id for block in app.get("plotly_chart")]


@pytest.mark.parametrize(("epsilon", "changes"), [("0", False), ("0.5", True)])
def test_a_picture_claims_a_change_only_where_there_is_one(opened: Opened, epsilon: str, changes: bool) -> None:
    """U17."""
    said = " ".join(html(opened("explain", **DIGITS, compare="none", epsilon=epsilon)))
    assert ("left every pixel as it is" in said) is not changes
    assert ("no pixel moves by more than" in said) is changes


def test_without_an_attack_nothing_is_before_or_after_on_any_later_look_either(opened: Opened) -> None:
    """The same image, looked at anew and in both networks: what is kept of it must not pass for an attacked one."""
    link = DIGITS | {"image": "21", "attack": "none"}
    for app in (opened("explain", **link), opened("explain", **link, beta="0.4"), opened("explain", **link, seed="2")):
        said = " ".join(html(app))
        assert answer(app).startswith("No attack: ")
        assert said.count("<img ") == 2
        assert not re.search("fooled|difference|attacked", said)


def test_an_attack_that_found_nothing_says_so_in_words(opened: Opened) -> None:
    app = opened("explain", **DIGITS, compare="none", epsilon="0", image="3")
    said = " ".join(html(app))
    assert "PGD found no change that fools the network" in answer(app) or "wrong before any attack" in answer(app)
    assert "no change</span>" in said
    assert "difference ×" not in said
    assert any("balance" in block.value for block in app.markdown)


def test_the_random_panel_says_how_many_channels_it_has(opened: Opened) -> None:
    """Beside a wrong label with another number; the sentence below counts the same."""
    app = opened("explain", **DIGITS, compare="none", image="3", open="label")
    shown = re.search(r"(\d+) channels?, drawn at random", next(body for body in html(app) if "Given " in body))
    assert shown is not None
    assert f"{shown[1]} channels drawn at random predict" in read("".join(block.value for block in app.markdown))


def test_a_moved_channel_changes_the_predictions_and_comes_back(opened: Opened) -> None:
    app = opened("explain", data="digits", image="3", compare="none", open="channels")
    before = chart(app, 0)
    app.button(key="move_channel").click().run()
    assert chart(app, 0) != before
    assert "After the move, attacked image" in read("".join(block.value for block in app.markdown))
    assert app.query_params["moved"]
    app.button(key="reset_channels").click().run()
    assert chart(app, 0) == before
    assert "moved" not in app.query_params


def chart(app: AppTest, number: int) -> object:
    return json.loads(app.get("plotly_chart")[number].proto.spec)["data"]


def test_the_channel_shown_first_is_steady_or_says_that_it_is_not(opened: Opened) -> None:
    said = read("".join(block.value for block in opened("explain", **DIGITS, compare="none", open="channels").markdown))
    assert re.search(r"robust in [0-5] of 5 seeds", said)


def test_every_chart_says_its_takeaway(opened: Opened) -> None:
    app = opened("explain", data="digits", open=ALL_OPEN)
    charts = app.get("plotly_chart")
    assert len(charts) == 4
    assert all(block.proto.alt for block in charts)


def test_another_data_set_brings_its_own_models(opened: Opened) -> None:
    app = opened("explain", data="digits", image="3")
    app.selectbox(key="choose_data").set_value("shapes").run()
    assert app.selectbox(key="choose_model").value == "shapes-vgg16-adv"
    assert app.query_params["image"] == "0"
    assert not app.warning or "link" not in app.warning[0].value


def test_a_reading_sets_its_parts(opened: Opened) -> None:
    app = opened("explain", data="digits", compare="none", open="readings")
    app.segmented_control(key="reading").set_value("as in the paper").run()
    assert app.query_params["kl"] == "sum"
    assert app.selectbox(key="choose_kl").value == "sum"
    table = app.dataframe[-1].value
    assert list(table["part"]) == [
        "as shown",
        "tolerance T over",
        "KL over channels",
        "label given",
        "noise draws a step",
    ]
    assert table["channels changed"][0] == 0


SURVEYED = {"data": "shapes", "model": "shapes-vgg16-adv", "compare": "none"}  # shipped, with a survey


@pytest.fixture
def shipped(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """The pages on the shipped models and results."""
    monkeypatch.setattr(store, "MODELS", store.ASSETS / "models")
    monkeypatch.setattr(store, "RESULTS", store.ASSETS / "results")
    return opened


def test_the_steps_stay_among_the_images_asked_for(shipped: Opened) -> None:
    app = shipped("explain", **SURVEYED, image="0")
    filters = app.selectbox(key="choose_among")
    kinds = [option.partition(":")[0] for option in filters.options[1:]]
    assert kinds == ["✗ fooled", "✓ not fooled", "? wrong before"]
    filters.set_value("wrong").run()
    wrong = int(app.query_params["image"])
    assert app.query_params["among"] == "wrong"
    assert "wrong before any attack" in answer(app)
    app.button(key="next").click().run()
    assert int(app.query_params["image"]) > wrong
    assert "wrong before any attack" in answer(app)
    app.selectbox(key="choose_among").set_value("all").run()
    assert "among" not in app.query_params


def test_the_filter_says_under_which_attack_it_was_found(shipped: Opened) -> None:
    for attack, other in (("pgd", False), ("fgsm", True)):
        captions = [block.value for block in shipped("explain", **SURVEYED, attack=attack).caption]
        assert any("under PGD" in said for said in captions) is other


def test_where_nothing_is_known_of_the_images_there_is_no_filter(opened: Opened) -> None:
    app = opened("explain", **DIGITS, attack="none", among="fooled")
    assert "choose_among" not in [box.key for box in app.selectbox]
    app.button(key="next").click().run()
    assert app.query_params["image"] == "1"


def picture(shade: int = 0) -> bytes:
    file = io.BytesIO()
    pixels = np.arange(40 * 60 * 3, dtype=np.uint8).reshape(40, 60, 3) + np.uint8(shade)
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_an_own_image_is_split_with_the_prediction_and_says_so(opened: Opened) -> None:
    app = opened("explain", data="cifar10")
    assert "not on this machine" in app.markdown[0].value
    assert "data fetch cifar10" in app.code[0].value
    app.file_uploader(key="upload").upload("[my](http://x) cat.png", picture(), "image/png").run()
    assert not app.exception
    assert "own prediction as the label" in answer(app)
    assert "[my](http" in app.caption[-1].value.replace("\\", "").replace("\u2060", "")


def test_an_own_image_takes_the_class_that_its_owner_says_and_outlives_the_session(opened: Opened) -> None:
    app = opened("explain", data="digits", compare="none")
    app.file_uploader(key="upload").upload("a.png", picture(), "image/png").run()
    app.selectbox(key="choose_truth").set_value(4).run()
    assert "Given the true label" in answer(app)
    link = dict(app.query_params)
    assert (link["truth"], len(link["own"])) == ("4", 16)
    assert answer(opened("explain", **link)) == answer(app)
    app.button(key="no_own").click().run()
    assert not {"own", "given", "truth"} & set(app.query_params)


def test_several_own_images_stand_side_by_side(opened: Opened) -> None:
    app = opened("explain", data="digits", compare="none")
    for shade, name in enumerate(("a.png", "b.png", "c.png")):
        app.file_uploader(key="upload").upload(name, picture(40 * shade), "image/png")
    app.run()
    assert not app.exception
    given = app.query_params["given"].split(",")
    assert len(set(given)) == 3
    assert app.query_params["own"] == given[-1]


def test_one_own_image_after_another_stands_in_the_address(opened: Opened) -> None:
    """U8: the link and Back show what the screen shows."""
    app, owns = opened("explain", data="digits", compare="none"), []
    for shade, name in enumerate(("a.png", "b.png", "c.png")):
        app.file_uploader(key="upload").upload(name, picture(40 * shade), "image/png").run()
        owns.append(app.query_params["own"])
        assert name in app.caption[-1].value.replace("\\", "")
    assert len(set(owns)) == 3


def test_an_upload_that_is_no_picture_is_refused_in_one_sentence(opened: Opened) -> None:
    app = opened("explain", data="digits")
    app.file_uploader(key="upload").upload("My%22cat%22.TXT", b"GIF89a no picture", "text/plain").run()
    assert not app.exception
    said = app.error[0].value.replace("\\", "")
    assert said.startswith('My"cat".TXT: Expected a PNG')
    assert "own" not in app.query_params


def test_an_empty_robust_side_is_said_and_the_next_one_is_offered(opened: Opened) -> None:
    app = opened("explain", data="digits", beta="100", kl="sum", compare="none")
    assert "No channel of this image" in app.warning[0].value
    app.button(key="nearest_robust").click().run()
    assert not app.exception


def test_nobody_speaks_for_an_empty_robust_side_anywhere_on_the_page(opened: Opened) -> None:
    """U13: bars, their words and tables, sentences, readings; with the label part, and with a channel moved away."""
    app = opened("explain", data="digits", beta="100", kl="sum", compare="none", open=ALL_OPEN)
    assert not app.exception
    assert empty_set() in answer(app)
    assert "robust only nothing: no channel" in predictions(app)[0]
    given = next(body for body in html(app) if "Given " in body)
    assert "robust channels alone predict nothing: no channel." in given
    readings = next(frame.value for frame in app.dataframe if "robust only" in frame.value)
    assert readings["robust only"].iloc[0] == "nothing: no channel"
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
    assert "not of its batch" in said[1]


@pytest.mark.parametrize("attack", ["pgd", "cw", "none"])
def test_the_settings_of_the_attack_are_those_that_it_has(opened: Opened, attack: str) -> None:
    app = opened("explain", **DIGITS, attack=attack, steps="3")
    keys = {box.key for box in app.number_input}
    assert ("choose_steps" in keys, "step_size_255" in keys) == (attack != "none", attack == "pgd")
    assert ("epsilon_255" in keys, "no_bound" in keys) == (attack != "cw", attack == "cw")
    if attack != "none":
        assert app.number_input(key="choose_steps").value == 3
        app.number_input(key="choose_steps").set_value(-5).run()  # moved to the attack's own, never the three of before
        assert app.number_input(key="choose_steps").value != 3
        assert "steps" not in app.query_params
        assert attack.upper() in "".join(text.value for text in app.caption)
