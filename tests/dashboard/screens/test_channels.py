"""The Channels page, opened from links on a small stored assignment, without a browser."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.analysis.channels import findings
from core.analysis.channels.figures import flip_sizes, noise_points, share_bars, surgery_bars
from core.analysis.channels.figures.class_strip import class_strip
from core.analysis.conduct import conduct
from core.analysis.experiment import Subject
from core.analysis.results import StoredResult, stored_result
from core.look import DARK, LIGHT, percent
from dashboard.screens.channels import chips

Opened = Callable[..., AppTest]
NAME = "digits-vgg16-adv"
DIGITS = {"data": "digits", "model": NAME}
PARTS = ("cutting", "agreement", "counted", "flips")
ALL = {"open": ",".join(PARTS)}
FIGURES = ("classes", "cut", "edits", "against_weights", "against_variance", "counted", "flips")


@pytest.fixture(scope="module")
def runs(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs with an assignment of twelve digits over two seeds, and one behind an earlier cut."""
    from core.analysis.channels.experiment import Assignment
    from core.attacks import FGSM
    from core.datasets import load_dataset
    from core.distillation import Bottleneck
    from core.models import load_card, load_model

    runs, data = tmp_path_factory.mktemp("runs"), load_dataset("digits", "test")
    path = world / "models" / f"{NAME}.json"
    for folder, cut in (("early", "conv4_3"), ("usual", "conv5_3")):
        experiment = Assignment(n=12, seeds=2, attack=FGSM(), bottleneck=Bottleneck(steps=10, cut=cut))
        conduct(experiment, Subject(load_card(path), load_model(path), data), out=runs / "channels" / folder)
    return runs


@pytest.fixture
def stored(stored: Opened) -> Opened:
    return lambda **link: stored("channels", **{"run": "usual", **DIGITS, **link})


@pytest.fixture
def result(runs: Path) -> StoredResult:
    return StoredResult(runs / "channels" / "usual")


def spec(app: AppTest, name: str) -> dict:
    of = next(chart for chart in app.get("plotly_chart") if name in chart.proto.id)
    return json.loads(of.proto.spec)


def words(app: AppTest) -> str:
    """All Markdown, with the words of the glossary as they read."""
    text = "\n".join(part.value for part in [*app.markdown, *app.caption]).replace("\\", "")
    return re.sub(r"\[([^\]]*)\]\(#term-\w+\)", r"\1", text)


def frame(app: AppTest, column: str) -> pd.DataFrame:
    """The table that has a column."""
    return next(f.value for f in app.dataframe if column in f.value)


def edit_of(app: AppTest) -> str:
    """As it stands in the address."""
    found = app.query_params["edit"]
    return found if isinstance(found, str) else found[0]


@pytest.mark.parametrize(
    "link",
    [
        {},
        {"over": "image", "image": "499", "channel": "3"},
        {"over": "4", "edit": "drop 0-9,20", "channel": "63"},
        {"edit": "keep robust in at least 50 % of images of class 3; 5"},
        {"edit": "keep"},
        {"hide": "controls"},
    ],
    ids=str,
)
def test_a_good_link_opens_without_a_word(stored: Opened, link: dict[str, str]) -> None:
    app = stored(**link, **ALL)
    assert len(app.get("plotly_chart")) == len(FIGURES)
    assert all(chart.proto.alt for chart in app.get("plotly_chart"))
    assert not app.error
    assert not [warning for warning in app.warning if "link" in warning.value]


def test_the_first_screen_is_the_answer_the_strip_and_the_doubt(stored: Opened, result: StoredResult) -> None:
    app = stored()
    (strip,) = app.get("plotly_chart")
    assert "classes" in strip.proto.id
    sentence = findings.answer(result.table("classes"))
    assert sentence in words(app)
    assert sentence.replace("**", "") in strip.proto.alt
    assert percent(result.summary["agreement"]["seeds"]["jaccard"]["mean"]) in words(app)
    colors = next(trace["colorbar"] for trace in json.loads(strip.proto.spec)["data"] if trace["type"] == "heatmap")
    assert colors["ticktext"] == [percent(share) for share in (0, 0.5, 1)]


@pytest.mark.parametrize(("slide", "name"), [(0, "classes"), (1, "flips")])
def test_in_a_presentation_every_slide_stands_alone(stored: Opened, slide: int, name: str) -> None:
    app = stored(mode="present", slide=str(slide))
    assert not app.error
    assert [name for name in FIGURES if any(name in c.proto.id for c in app.get("plotly_chart"))] == [name]


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ({"over": "12"}, "all images are counted instead"),
        ({"edit": "burn it"}, "drop or keep was expected"),
        ({"over": "<script>"}, "a number was expected"),
    ],
    ids=str,
)
def test_a_broken_link_opens_the_nearest_and_says_so(stored: Opened, link: dict[str, str], says: str) -> None:
    app = stored(**link, **ALL)
    assert says in app.warning[0].value.replace("\\", "")
    assert len(app.get("plotly_chart")) == len(FIGURES)


@pytest.mark.parametrize(("edit", "says"), [("drop 64", "Channels go from 0 to 63"), ("drop x", "or a rule such as")])
def test_an_edit_that_cannot_be_read_is_one_sentence(stored: Opened, edit: str, says: str) -> None:
    app = stored(edit=edit, **ALL)
    assert says in app.error[0].value.replace("\\", "")
    assert len(app.get("plotly_chart")) == len(FIGURES)


def test_bars_are_the_stored_shares_of_what_is_counted(stored: Opened, result: StoredResult) -> None:
    table = result.table("channels").sort_values("robust_share", ascending=False, kind="stable")
    for link, column in (({}, "robust_share"), ({"over": "4"}, "robust_share_4")):
        shown = frame(stored(**link, open="counted"), "shown")
        assert shown.loc[table["channel"], "shown"].tolist() == pytest.approx(table[column].fillna(0).tolist())


def test_without_its_images_an_image_shows_its_stored_mask(
    stored: Opened, result: StoredResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.analysis.channels.activations import stored_masks

    monkeypatch.setattr("dashboard.frame.view.looked_at", lambda *_: None)
    app = stored(over="image", image="5", open="counted")
    assert (frame(app, "shown")["shown"].to_numpy() == stored_masks(result)[5]).all()
    assert any("not on this machine" in info.value for info in app.info)


def test_an_edit_is_read_beside_the_whole_network_and_chance(stored: Opened, result: StoredResult) -> None:
    import torch

    from core.analysis.channels.activations import stored_surgery
    from core.models import load_model

    app = stored(edit="drop 0-31", open="cutting")
    found = stored_surgery(result, load_model(NAME))
    assert found is not None
    edited = found.operate(torch.arange(64) > 31)
    shown = frame(app, "edit, clean")
    assert shown["edit, clean"].tolist() == [edited.accuracy.value, *edited.classes["accuracy"]]
    assert shown["edit, attacked"].iloc[0] == edited.robust_accuracy.value
    assert shown["whole, clean"].iloc[0] == pytest.approx(result.summary["network"]["clean"]["value"], abs=0.1)
    assert "Without **32** of 64 channels" in words(app)
    assert "32 drawn at random" in words(app)


def test_chips_are_channels_and_rules(stored: Opened) -> None:
    app = stored(open="cutting")
    chosen = app.multiselect(key="edit_what")
    rule = "robust in at least 80 % of images of class 0"
    assert rule not in chosen.options, "a chip says it in fewer words"
    assert any(option.startswith("● robust for 0 (") for option in chosen.options)
    chosen.set_value(["3", "5", "6", "7"]).run()
    assert "Without **4** of 64 channels" in words(app)
    assert edit_of(app) == "drop 3,5-7"
    assert app.multiselect(key="edit_what").value == ["3", "5", "6", "7"]
    app.multiselect(key="edit_what").set_value(["3", rule]).run()
    assert edit_of(app) == f"drop 3; {rule}"
    app.segmented_control(key="edit_how").set_value("keep").run()
    assert edit_of(app) == f"keep 3; {rule}"
    app.multiselect(key="edit_what").set_value([]).run()
    assert edit_of(app) == "keep"


@pytest.mark.parametrize(
    ("edit", "chipped"),
    [
        ("drop 3,17,20-24", ["3", "17", "20", "21", "22", "23", "24"]),
        ("keep 0-40,50", ["0-40", "50"]),
        ("drop robust in at least 5 % of images; 1,1", ["robust in at least 5 % of images", "1"]),
        ("", []),
    ],
)
def test_chips_write_the_edit_that_they_are_read_from(edit: str, chipped: list[str]) -> None:
    assert chips.chips_of(edit) == chipped
    again = chips.written(edit.partition(" ")[0], chipped)
    assert chips.chips_of(again) == sorted(chipped, key=lambda chip: not chip[0].isdigit())


def test_what_is_typed_among_the_chips_is_taken_as_it_stands() -> None:
    assert chips.written("drop", ["3", "20 - 24", "nonsense"]) == "drop 3,20-24; nonsense"
    assert len(chips.written("drop", ["0-999999999999"])) < 30


def test_the_smallest_set_of_the_image_can_be_cut_out_everywhere(stored: Opened) -> None:
    app = stored(image="1", open="flips")
    assert "No smaller set does." in words(app)
    app.button(key="cut_flip").click().run()
    assert edit_of(app).startswith("drop ")
    assert "Without **" in words(app)
    assert app.multiselect(key="edit_what").value, "what it did is seen"


def test_a_marked_channel_and_class_are_marked_and_in_words(stored: Opened, result: StoredResult) -> None:
    app = stored(channel="9", over="3", **ALL)
    assert "**Channel 9**" in words(app)
    own = findings.for_classes(result.table("classes"))[3].sum()
    assert f"**3**: {own} channels" in words(app)
    assert "<b>9</b>" in json.dumps(spec(app, "counted"))
    assert "channel 9" in json.dumps(spec(app, "classes")["layout"]["xaxis"])
    assert len(spec(app, "classes")["layout"]["shapes"]) == 2
    assert "**Channel" not in words(stored())


def test_class_and_channel_are_chosen_by_name_too(stored: Opened) -> None:
    app = stored()
    app.selectbox(key="choose_over").set_value("4").run()
    assert app.query_params["over"] in ("4", ["4"])
    app.selectbox(key="choose_channel").set_value(7).run()
    assert "**Channel 7**" in words(app)


def test_behind_another_tail_surgery_points_to_the_command(stored: Opened) -> None:
    app = stored(run="early", **ALL)
    assert any("no pooled linear layer" in info.value for info in app.info)
    assert f'python -m core channels {NAME} --drop "3,17"' in [code.value for code in app.code]
    assert not [chart for chart in app.get("plotly_chart") if "edits" in chart.proto.id]


def test_without_a_stored_result_the_page_says_how_to_make_one(opened: Opened) -> None:
    app = opened("channels", data="shapes", model="shapes-vgg16-adv")
    assert "No assignment" in app.info[0].value
    assert app.code[0].value == "python -m core channels shapes-vgg16-adv --n 500"
    assert app.button(key="work_channels").label == "Compute"


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_crosses_stand_for_what_is_cut_and_shapes_for_sides(look) -> None:  # type: ignore[no-untyped-def]
    share = np.array([0.9, 0.2, 0.6])
    cloud = noise_points.Cloud("t", "x", np.arange(3.0), np.arange(3.0), share, np.arange(3), ["", "", ""])
    figure = noise_points.points(cloud, look, chosen=2, removed=(1,), drawing=True)
    assert figure.layout.dragmode == "lasso"
    points, ring = figure.data
    assert list(points.marker.symbol) == ["circle", "x", "circle"]
    assert list(ring.x) == [2]


def test_bars_are_sorted_and_say_what_they_stand_for() -> None:
    share = np.array([0.9, 0.2, 0.6])
    figure = share_bars.bars(share_bars.Shares(np.argsort(-share), share, "t", "s", np.zeros(3)), LIGHT, chosen=1)
    assert list(figure.data[0].customdata) == [0, 2, 1]
    assert f"robust in {percent(0.9)}" in figure.data[0].hovertext[0]
    assert list(figure.data[1].text) == ["<b>1</b>"]


def test_every_column_of_the_strip_can_be_clicked(result: StoredResult) -> None:
    figure = class_strip(result, LIGHT)
    heat, unseen = figure.data
    assert list(unseen.customdata) == list(heat.customdata[0]) == result.summary["channel_order"]
    assert unseen.marker.opacity == unseen.selected.marker.opacity == unseen.unselected.marker.opacity == 0


def test_flips_count_images_by_size_and_mark_this_one() -> None:
    figure = flip_sizes.flips(np.array([0, 2, 2, 5]), LIGHT, here=5)
    assert list(figure.data[0].x) == [2, 5]
    assert list(figure.data[0].y) == [2, 1]
    said = [annotation.text for annotation in figure.layout.annotations]
    assert "▼" in said
    assert "images, of 4; 1 never change; ▼ this one" in said


def test_class_names_cannot_carry_markup_into_the_chart_of_edits() -> None:
    rows = np.array([0.5, 0.5])
    both = {"clean": rows, "attacked": rows}
    drawn = {images: np.array([rows, rows / 2]) for images in both}
    figure = surgery_bars.edits(surgery_bars.Worth(["all images", "<b>x</b>"], both, both, drawn), LIGHT)
    assert "&lt;b&gt;x" in figure.layout.yaxis.ticktext[1]


def test_an_assignment_of_other_weights_does_not_count(stored: Opened) -> None:
    from dashboard.answers import stored_results

    stored()
    made = stored_result("channels", NAME).manifest["model"]["sha256"]
    assert stored_results.results_of("channels", NAME, "another hash") == {}
    assert set(stored_results.results_of("channels", NAME, made)) == {"early", "usual"}
