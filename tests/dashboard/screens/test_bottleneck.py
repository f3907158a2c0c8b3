"""The Bottleneck page, opened from links on a small stored sweep, without a browser."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.analysis.results import StoredResult, stored_result
from tests.dashboard.conftest import BROKEN_LINKS, spec, started

Opened = Callable[..., AppTest]
DIGITS = {"data": "digits", "model": "digits-vgg16-adv"}
BETAS = (0.0, 0.1, 1.0, 30.0)


@pytest.fixture(scope="module")
def runs(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs with a sweep of eight digits over four betas by each of the two digits networks."""
    from core.analysis.bottleneck.experiment import BetaSweep
    from core.analysis.conduct import conduct
    from core.analysis.experiment import Subject
    from core.attacks import FGSM
    from core.datasets import load_dataset
    from core.distillation import Bottleneck
    from core.models import load_card, load_model

    runs, data = tmp_path_factory.mktemp("runs"), load_dataset("digits", "test")
    sweep = BetaSweep(n=8, betas=BETAS, attack=FGSM(), bottleneck=Bottleneck(steps=10, cut="conv5_3"))
    for name in ("digits-vgg16-adv", "digits-vgg16-standard"):
        path = world / "models" / f"{name}.json"
        conduct(sweep, Subject(load_card(path), load_model(path), data), out=runs / "bottleneck" / name)
    return runs


@pytest.mark.parametrize(
    "link",
    [
        DIGITS,
        DIGITS | {"image": "499", "attack": "none", "compare": "none"},
        DIGITS | {"label": "4", "beta": "7", "tolerance": "batch", "kl": "sum"},
        DIGITS | {"mode": "present"},
        DIGITS | {"hide": "controls"},
    ],
    ids=str,
)
def test_a_good_link_opens_without_a_word(stored: Opened, link: dict[str, str]) -> None:
    app = stored("bottleneck", **link)
    assert len(app.get("plotly_chart")) == 2
    assert all(chart.proto.alt for chart in app.get("plotly_chart"))
    assert not app.error
    assert not [warning for warning in app.warning if "link" in warning.value]


@pytest.mark.parametrize(("link", "says"), BROKEN_LINKS, ids=str)
def test_a_broken_link_opens_the_nearest_and_says_so(stored: Opened, link: dict[str, str], says: str) -> None:
    app = stored("bottleneck", **link)
    assert says in app.warning[0].value.replace("\\", "")
    assert len(app.get("plotly_chart")) == 2


def test_the_numbers_are_those_of_the_stored_tables(stored: Opened, runs: Path) -> None:
    app, result = stored("bottleneck", **DIGITS), stored_result("bottleneck", "digits-vgg16-adv")
    curves = result.table("curves").sort_values("beta")
    drawn = [trace.get("y") for trace in spec(app)["data"]]
    for side in ("all", "robust", "nonrobust"):
        for images in ("clean", "attacked"):
            wanted = curves.loc[(curves["side"] == side) & (curves["images"] == images), "value"].tolist()
            assert wanted in drawn
    assert result.table("counts")["robust_mean"].tolist() in drawn
    shown = app.dataframe[0].value
    assert np.array_equal(shown["value"].to_numpy(), result.table("curves")["value"].to_numpy())


def test_the_other_model_is_drawn_beside_it(stored: Opened, runs: Path) -> None:
    other = StoredResult(runs / "bottleneck" / "digits-vgg16-standard").table("counts")["nonrobust_mean"].tolist()
    dashed = [
        t["y"] for t in spec(stored("bottleneck", **DIGITS))["data"] if (t.get("line") or {}).get("dash") == "dash"
    ]
    assert other in dashed
    alone = spec(stored("bottleneck", **DIGITS, compare="none"))["data"]
    assert other not in [trace.get("y") for trace in alone]


def test_the_slider_moves_everything_in_the_browser(stored: Opened) -> None:
    figure = spec(stored("bottleneck", **DIGITS, beta="1"))
    slider = figure["layout"]["sliders"][0]
    assert [step["label"] for step in slider["steps"]] == [frame["name"] for frame in figure["frames"]]
    assert {step["method"] for step in slider["steps"]} == {"animate"}
    assert slider["active"] == 2
    frame = figure["frames"][2]
    for number, state in zip(frame["traces"], frame["data"], strict=True):
        for name in ("x", "y", "text"):
            if name in state:
                assert figure["data"][number][name] == state[name]
    assert figure["frames"][0]["data"] != figure["frames"][3]["data"]
    assert any("At β = 30" in text for part in figure["frames"][3]["data"] for text in part.get("text", []))


def test_bars_point_up_for_exactly_the_robust_channels(stored: Opened) -> None:
    app = stored("bottleneck", **DIGITS)
    figure, bars = (
        spec(app),
        [t for t in spec(app)["data"] if t["type"] == "bar" and len(t.get("customdata", [])) > 9],
    )
    up, down = (np.array(trace["y"]) for trace in bars)
    assert (up >= 0).all()
    assert (down <= 0).all()
    said = next(text for part in figure["frames"][1]["data"] for text in part.get("text", []) if "At β" in text)
    assert "This image" in said.replace("<br>", " ")


def test_without_a_stored_sweep_the_page_says_how_to_make_one(opened: Opened) -> None:
    app = opened("bottleneck", data="shapes", model="shapes-vgg16-adv")
    assert "No sweep" in app.info[0].value
    assert app.code[0].value == "python -m core bottleneck shapes-vgg16-adv --n 500"
    assert app.button(key="work_bottleneck").label == "Compute"


def test_a_damaged_sweep_is_named_and_the_other_is_shown(stored: Opened, runs: Path) -> None:
    damaged = runs / "bottleneck" / "damaged"
    shutil.copytree(runs / "bottleneck" / "digits-vgg16-adv", damaged)
    (damaged / "summary.json").write_text("{", encoding="utf-8")
    app = stored("bottleneck", **DIGITS)
    shutil.rmtree(damaged)
    assert "summary.json is missing or damaged" in app.warning[0].value.replace("\\", "")
    assert len(app.get("plotly_chart")) == 2


def test_a_sweep_of_other_weights_does_not_count(stored: Opened) -> None:
    from dashboard.answers import stored_results

    made = stored_result("bottleneck", "digits-vgg16-adv").manifest["model"]["sha256"]
    assert stored_results.stored_result("bottleneck", "digits-vgg16-adv", "another hash") is None
    assert stored_results.stored_result("bottleneck", "digits-vgg16-adv", made) is not None


def test_a_sweep_runs_beside_the_page_and_can_be_stopped(opened: Opened, half_done: None) -> None:
    app = opened("bottleneck", data="shapes", model="shapes-vgg16-adv")
    app.button(key="work_bottleneck").click().run()
    assert started("bottleneck", "shapes-vgg16-adv").command == ("bottleneck", "shapes-vgg16-adv", "--n", "500")
    app.run()
    assert "200 of 500" in app.get("progress")[0].proto.text
    app.button(key="stop_bottleneck").click().run()
    assert app.button(key="work_bottleneck").label == "Compute"
    assert not app.info[1:], "who stopped it knows"
