"""The Channels page, opened from links on a small stored assignment, without a browser."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.analysis.channels.figures import assignment_bars, flip_sizes, surgery_bars
from core.analysis.conduct import conduct
from core.analysis.experiment import Subject
from core.analysis.results import StoredResult, stored_result
from core.look import DARK, LIGHT

Opened = Callable[..., AppTest]
NAME = "digits-vgg16-adv"
DIGITS = {"data": "digits", "model": NAME}
FIGURES = ("assignment", "edits", "classes", "flips")


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
    return "\n".join(part.value for part in app.markdown).replace("\\", "")


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
        {"edit": "keep robust in at least 50 % of images of class 3"},
        {"edit": "keep", "mode": "present"},
        {"hide": "controls"},
    ],
    ids=str,
)
def test_a_good_link_opens_without_a_word(stored: Opened, link: dict[str, str]) -> None:
    app = stored(**link)
    assert len(app.get("plotly_chart")) == len(FIGURES)
    assert all(chart.proto.alt for chart in app.get("plotly_chart"))
    assert not app.error
    assert not [warning for warning in app.warning if "link" in warning.value]


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
    app = stored(**link)
    assert says in app.warning[0].value.replace("\\", "")
    assert len(app.get("plotly_chart")) == len(FIGURES)


@pytest.mark.parametrize(("edit", "says"), [("drop 64", "Channels go from 0 to 63"), ("drop x", "or a rule such as")])
def test_an_edit_that_cannot_be_read_is_one_sentence(stored: Opened, edit: str, says: str) -> None:
    app = stored(edit=edit)
    assert says in app.error[0].value.replace("\\", "")
    assert len(app.get("plotly_chart")) == len(FIGURES)


def test_bars_are_the_stored_shares_of_what_is_counted(stored: Opened, result: StoredResult) -> None:
    table = result.table("channels").sort_values("robust_share", ascending=False, kind="stable")
    for link, column in (({}, "robust_share"), ({"over": "4"}, "robust_share_4")):
        app = stored(**link)
        frame = next(f.value for f in app.dataframe if "shown" in f.value)
        assert frame.loc[table["channel"], "shown"].tolist() == pytest.approx(table[column].fillna(0).tolist())
    assert f"{result.summary['robust_share']:.1%}" in words(app)


def test_without_its_images_an_image_shows_its_stored_mask(
    stored: Opened, result: StoredResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.analysis.channels.activations import stored_masks

    monkeypatch.setattr("dashboard.frame.view.looked_at", lambda *_: None)
    app = stored(over="image", image="5")
    frame = next(f.value for f in app.dataframe if "shown" in f.value)
    assert (frame["shown"].to_numpy() == stored_masks(result)[5]).all()
    assert any("not on this machine" in info.value for info in app.info)


def test_an_edit_is_read_beside_the_whole_network_and_chance(stored: Opened, result: StoredResult) -> None:
    from core.analysis.channels.activations import stored_surgery
    from core.models import load_model

    app = stored(edit="drop 0-31")
    found = stored_surgery(result, load_model(NAME))
    assert found is not None
    import torch

    edited = found.operate(torch.arange(64) > 31)
    frame = next(f.value for f in app.dataframe if "edit, clean" in f.value)
    assert frame["edit, clean"].tolist() == [edited.accuracy.value, *edited.classes["accuracy"]]
    assert frame["edit, attacked"].iloc[0] == edited.robust_accuracy.value
    assert frame["whole, clean"].iloc[0] == pytest.approx(result.summary["network"]["clean"]["value"], abs=0.1)
    assert "Without **32** of 64 channels" in words(app)
    assert "32 at random" in words(app)


def test_channels_are_chosen_by_list_by_suggestion_and_reset(stored: Opened) -> None:
    app = stored()
    app.text_input(key="edit_what").input("3,5-7").run()
    assert "Without **4** of 64 channels" in words(app)
    assert edit_of(app) == "drop 3,5-7"
    app.button(key="edit_reset").click().run()
    assert "edit" not in app.query_params
    app.button(key="suggest_keep").click().run()
    assert edit_of(app) == "keep robust in at least 80 % of images of class 0"


def test_the_smallest_set_of_the_image_can_be_cut_out_everywhere(stored: Opened) -> None:
    app = stored(image="1")
    assert "No smaller set does." in words(app)
    app.button(key="cut_flip").click().run()
    assert edit_of(app).startswith("drop ")


def test_a_marked_channel_is_marked_in_every_chart(stored: Opened) -> None:
    app = stored(channel="9")
    assert "**Channel 9**" in words(app)
    marked = spec(app, "assignment")["data"]
    assert any("<b>9</b>" in (trace.get("text") or []) for trace in marked)
    assert "channel 9" in json.dumps(spec(app, "classes")["layout"]["xaxis"])
    assert "**Channel" not in words(stored())


def test_behind_another_tail_surgery_points_to_the_command(stored: Opened) -> None:
    app = stored(run="early")
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
    shares = assignment_bars.Shares(np.argsort(-share), share, "t", "s", np.zeros(3))
    cloud = assignment_bars.Cloud("t", "s", "x", np.arange(3.0), np.arange(3.0), share, np.arange(3), ["", "", ""])
    figure = assignment_bars.assignment(shares, [cloud], look, chosen=2, removed=(1,), drawing=True)
    assert figure.layout.dragmode == "lasso"
    bars = figure.data[0]
    assert list(bars.customdata) == [0, 2, 1]
    points = next(trace for trace in figure.data if trace.yaxis == "y2" and trace.customdata is not None)
    assert list(points.marker.symbol) == ["circle", "x", "circle"]


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
