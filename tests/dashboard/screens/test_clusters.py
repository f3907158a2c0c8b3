"""The Clusters page, opened from links on small stored maps, without a browser."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.analysis.clusters import findings
from core.analysis.clusters.figures import panels as clusters
from core.analysis.results import stored_result
from core.look import DARK, LIGHT, Look, percent
from tests.dashboard.conftest import CLASSES, started

Opened = Callable[..., AppTest]
DIGITS = {"data": "digits", "model": "digits-vgg16-adv"}
N = 12


@pytest.fixture(scope="module")
def runs(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs with maps of a dozen digits by three networks, the last of which takes them for another data set."""
    from core.analysis.clusters.experiment import FeatureMaps
    from core.analysis.conduct import conduct
    from core.analysis.experiment import Subject
    from core.attacks import FGSM
    from core.datasets import load_dataset
    from core.distillation import Bottleneck
    from core.models import load_card, load_model

    runs, data = tmp_path_factory.mktemp("runs"), load_dataset("digits", "test")
    unseen = replace(data, name="cifar10", class_names=CLASSES["cifar10"])
    embed = FeatureMaps(
        n=N, perplexity=4, vector="pooled", neighbors=3, iterations=250, multiples_n=6, perplexities=(3,),
        map_seeds=(0, 1), attack=FGSM(), bottleneck=Bottleneck(steps=10, cut="conv5_3"),
    )  # fmt: skip
    for name, images in (("digits-vgg16-adv", data), ("digits-vgg16-standard", data), ("cifar10-vgg16-adv", unseen)):
        path = world / "models" / f"{name}.json"
        conduct(embed, Subject(load_card(path), load_model(path), images), out=runs / "clusters" / name)
    return runs


def drawn(app: AppTest) -> dict:
    """What the browser gets of the maps."""
    (data,) = (
        data
        for part in app.get("bidi_component")
        if isinstance(data := json.loads(part.proto.json or "null"), dict) and data.get("file") == "clusters"
    )
    return data


@pytest.mark.parametrize(
    "link",
    [
        DIGITS,
        DIGITS | {"map": "wrong", "image": "3"},
        DIGITS | {"map": "wrong", "color": "class", "compare": "none"},
        DIGITS | {"map": "random", "color": "attack", "image": "499"},
        DIGITS | {"mode": "present", "hide": "controls,footer"},
        DIGITS | {"open": "measured,drawn"},
    ],
    ids=str,
)
def test_a_good_link_opens_without_a_word(stored: Opened, link: dict[str, str]) -> None:
    app = stored("clusters", **link)
    data = drawn(app)
    assert len(data["panels"]) == 3
    assert all(len(panel["x"]) == len(panel["y"]) == len(data["image"]) == 2 * N for panel in data["panels"])
    assert data["chosen"] == (int(link.get("image", 0)) if int(link.get("image", 0)) < N else -1)
    assert not app.error
    assert not [warning for warning in app.warning if "link" in warning.value]


def told(app: AppTest) -> str:
    """Everything that the page says in Markdown, its links opened and its spaces plain."""
    words = " ".join(part.value for part in app.markdown).replace("\u00a0", " ")
    return re.sub(r"\[([^\]]*)\]\(#[^)]*\)", r"\1", words)


def test_the_first_screen_answers_and_doubts_with_what_is_stored(stored: Opened) -> None:
    by = findings.purity(stored_result("clusters", "digits-vgg16-adv"))
    said = told(stored("clusters", **DIGITS))
    for key in (
        ("true label", "robust", "clean", "true"), ("true label", "nonrobust", "clean", "true"),
        ("wrong label", "robust", "clean", "supplied"), ("wrong label", "robust", "clean", "true"),
    ):  # fmt: skip
        assert percent(by[key]).replace("\u00a0", " ") in said
    assert "Given the true label" in said
    assert "Given a wrong one" in said


def test_at_random_neither_the_answer_nor_the_sides_are_called_robust(stored: Opened) -> None:
    app, by = stored("clusters", **DIGITS, map="random"), findings.purity(stored_result("clusters", "digits-vgg16-adv"))
    sentence = findings.answer_sentence(by, "random mask").replace("\u00a0", " ")
    assert "robust" not in sentence
    assert sentence in told(app)
    assert not [panel["short"] for panel in drawn(app)["panels"] if "robust" in panel["short"]]


def test_without_a_choice_the_page_opens_with_an_example_and_says_the_way_to_ones_own(
    stored: Opened, runs: Path
) -> None:
    app = stored("clusters")
    assert drawn(app)["classes"] == list(CLASSES["cifar10"])
    assert "cifar10-vgg16-adv" in app.caption[-1].value.replace("\\", "")
    assert drawn(app)["link"].startswith("explain?data=cifar10&model=cifar10-vgg16-adv")
    assert app.query_params["data"] == "shapes", "what is looked at stays one's own"
    app.button(key="own_maps").click().run()
    assert "No map" in app.info[0].value, "of one's own network nothing is stored"
    assert "own_maps" not in {button.key for button in app.button}


@pytest.mark.parametrize("link", [DIGITS, {"data": "digits"}, {"example": "0"}, {"run": "some"}], ids=str)
def test_whoever_chose_a_network_sees_no_example(stored: Opened, link: dict[str, str]) -> None:
    assert "own_maps" not in {button.key for button in stored("clusters", **link).button}


def test_every_panel_shows_the_same_images_in_the_same_order(stored: Opened) -> None:
    data, points = drawn(stored("clusters", **DIGITS, map="wrong")), stored_result("clusters", "digits-vgg16-adv")
    rows = points.table("points").query("map == 'wrong label' and side == 'nonrobust'")
    clean, attacked = (rows[rows["images"] == name].sort_values("index") for name in ("clean", "attacked"))
    assert data["image"] == [*range(N), *range(N)]
    assert data["attacked"] == [0] * N + [1] * N
    assert data["label"] == clean["label"].tolist()
    assert data["group"] == [*clean["supplied"], *attacked["supplied"]]
    spoken = [*clean["predicted"].where(~clean["empty"], -1), *attacked["predicted"].where(~attacked["empty"], -1)]
    assert data["panels"][2]["predicted"] == spoken, "U13: nobody speaks for a point without channels"
    assert np.corrcoef(data["panels"][2]["x"][:N], clean["x"])[0, 1] > 0.999
    assert np.corrcoef(data["panels"][2]["y"][:N], clean["y"])[0, 1] < -0.999


def test_colors_stand_for_what_was_chosen(stored: Opened) -> None:
    supplied, label, attack = (
        drawn(stored("clusters", **DIGITS, map="wrong", color=color)) for color in ("label", "class", "attack")
    )
    assert supplied["group"] != label["group"] == label["label"] * 2
    assert attack["group"] == attack["attacked"]
    assert [group["name"] for group in attack["groups"]] == ["● clean", "◇ attacked"]
    assert (attack["shapes"], label["shapes"]) == ("", "● clean  ◇ attacked")


def test_images_open_in_explain_with_everything_that_is_chosen(stored: Opened) -> None:
    link = drawn(stored("clusters", **DIGITS, map="wrong", color="class", beta="0.7", image="3"))["link"]
    for part in ("explain?", "data=digits", "model=digits-vgg16-adv", "beta=0.7"):
        assert part in link
    for part in ("image=", "map=", "color="):
        assert part not in link


def test_the_table_has_purity_chance_and_both_controls(stored: Opened) -> None:
    purities, table, *_ = (frame.value for frame in stored("clusters", **DIGITS, open="measured").dataframe)
    assert table["split with"].tolist() == ["true label"] * 3 + ["wrong label"] * 4 + ["at random"] * 2
    quality = stored_result("clusters", "digits-vgg16-adv").table("quality")
    row = quality.query("map == 'wrong label' and side == 'robust' and by == 'supplied' and images == 'attacked'")
    shown = table[(table["split with"] == "wrong label") & (table["channels"] == "● robust")]
    assert shown.set_index("grouped by").loc["label given", "purity, attacked"] == row["purity"].item()
    assert purities["clean"].tolist() == [percent(value) for value in table["purity, clean"]]


def test_small_multiples_are_drawn_once_they_are_opened(stored: Opened, runs: Path) -> None:
    result = stored_result("clusters", "digits-vgg16-adv")
    points, maps = result.table("multiples"), result.table("maps").query("map == 'multiple'")
    panels, columns = clusters.multiples_panels(points, maps), clusters.multiples_columns(points)
    assert [panel["title"] for panel in panels] == ["Perplexity 3, seed 0", "Perplexity 3, seed 1"]
    assert len(panels[0]["x"]) == len(columns["group"]) == 36
    assert set(columns["group"]) == {0, 1, 2}
    parts = {mode: stored("clusters", **DIGITS, open="drawn", slide="2", mode=mode) for mode in ("explore", "present")}
    counts = {
        mode: [len(data["panels"]) for part in app.get("bidi_component")
               if isinstance(data := json.loads(part.proto.json or "null"), dict) and data.get("file") == "multiples"]
        for mode, app in parts.items()
    }  # fmt: skip
    assert counts == {"explore": [2], "present": [1]}, "a projector shows one row"


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_every_class_has_a_color_of_its_own(look: Look) -> None:
    found = clusters.groups("label", [str(i) for i in range(12)], look)
    assert len({group["color"] for group in found[:10]}) == 10
    assert found[10]["color"] == found[0]["color"]


def test_a_name_stands_amid_its_group_and_nowhere_where_classes_mix() -> None:
    draw = np.random.default_rng(0)
    apart, mixed = draw.normal(size=(60, 2)) + (100, 0), draw.normal(size=(120, 2))
    places = np.concatenate([apart, mixed])
    side = pd.DataFrame(places, columns=["x", "y"]).assign(
        label=[0] * 60 + [1, 2, 3] * 40, images="clean", index=range(180), predicted=0, empty=[False] + [True] * 179
    )
    points = pd.concat(side.assign(side=name) for name in clusters.READERS)
    titles = [("all", ""), ("robust", ""), ("nonrobust", "")]
    panel = clusters.map_panels(points, titles, "label", ["<b>", "b", "c", "d"])[0]
    assert panel["predicted"] == [0] + [-1] * 179, "U13: nobody speaks for a point without channels"
    ((name, x, y),) = panel["names"]
    assert name == "<b>"
    assert abs(x - np.median(panel["x"][:60])) < 100
    assert abs(y - np.median(panel["y"][:60])) < 100
    assert min(panel["x"] + panel["y"]) >= 0
    assert max(panel["x"] + panel["y"]) <= clusters.SPAN


@pytest.mark.parametrize(
    ("kept", "given", "says"),
    [(0.2, 0.9, "mostly follow"), (0.9, 0.7, "explains part"), (0.9, 0.12, "changes little")],
)
def test_the_doubt_weighs_the_label_against_the_class(kept: float, given: float, says: str) -> None:
    keys = [("wrong label", "robust", "clean", by) for by in ("true", "supplied")]
    assert says in findings.doubt_sentence(pd.Series([kept, given], index=pd.MultiIndex.from_tuples(keys)), 0.1)


def test_without_its_images_index_and_class_remain(stored: Opened) -> None:
    assert drawn(stored("clusters", **DIGITS))["pictures"]["source"].startswith("data:image/webp")
    data = drawn(stored("clusters", data="cifar10", model="cifar10-vgg16-adv"))
    assert data["pictures"] is None
    assert data["classes"][data["label"][0]] == CLASSES["cifar10"][data["label"][0]]


def test_without_a_stored_map_the_page_says_how_to_make_one(opened: Opened) -> None:
    app = opened("clusters", data="shapes", model="shapes-vgg16-adv")
    assert "No map" in app.info[0].value
    assert app.code[0].value == "python -m core clusters shapes-vgg16-adv --n 600"
    assert app.button(key="work_clusters").label == "Compute"
    without = opened("clusters", data="shapes", model="shapes-vgg16-adv", attack="none")
    assert "choose an attack" in without.info[1].value


def test_a_map_is_made_with_the_options_chosen(opened: Opened, half_done: None) -> None:
    app = opened("clusters", data="shapes", model="shapes-vgg16-adv", attack="fgsm", beta="0.7", seed="3")
    app.number_input(key="clusters_perplexity").set_value(12.0).run()
    app.button(key="work_clusters").click().run()
    command = started("clusters", "shapes-vgg16-adv").command
    wanted = {"n": "600", "perplexity": "12.0", "attack": "fgsm", "beta": "0.7", "seed": "3"}
    assert {(f"--{name}", value) for name, value in wanted.items()} <= set(pairwise(command))
