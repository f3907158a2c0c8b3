"""The Attacks page, opened from links on a small stored evaluation, without a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.analysis.results import stored_result
from tests.dashboard.conftest import BROKEN_LINKS, spec

Opened = Callable[..., AppTest]
DIGITS = {"data": "digits", "model": "digits-vgg16-adv"}
CHARTS = 4  # bounded, over distortion, over radii, one image


@pytest.fixture(scope="module")
def runs(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs with six digits attacked by each of the two digits networks, and a curve over radii."""
    from core.analysis.attacks.experiment import Evaluation
    from core.analysis.attacks.radii import Radii
    from core.analysis.conduct import conduct
    from core.analysis.experiment import Subject
    from core.attacks import CW, FGSM, NRF, PGD, NRFLinf, ThreatModel
    from core.datasets import load_dataset
    from core.distillation import Bottleneck
    from core.models import load_card, load_model

    runs, data, threat = tmp_path_factory.mktemp("runs"), load_dataset("digits", "test"), ThreatModel(epsilon=0.1)
    quick, pgd = Bottleneck(steps=5), PGD(threat=threat, steps=2)
    minimal = (CW(steps=4, c=100), NRF(steps=4, c=100, bottleneck=quick))
    attacks = (FGSM(threat=threat), pgd, NRFLinf(threat=threat, steps=2, bottleneck=quick), *minimal)
    experiments = {"attacks": Evaluation(n=6, attacks=attacks), "attacks-radii": Radii(n=6, attack=pgd)}
    for name in ("digits-vgg16-adv", "digits-vgg16-standard"):
        path = world / "models" / f"{name}.json"
        for kind, experiment in experiments.items():
            conduct(experiment, Subject(load_card(path), load_model(path), data), out=runs / kind / name)
    return runs


@pytest.mark.parametrize(
    "link",
    [
        DIGITS,
        DIGITS | {"image": "499", "attack": "none", "compare": "none"},
        DIGITS | {"label": "4", "beta": "7", "tolerance": "batch"},
        DIGITS | {"mode": "present"},
        DIGITS | {"hide": "controls"},
    ],
    ids=str,
)
def test_a_good_link_opens_without_a_word(stored: Opened, link: dict[str, str]) -> None:
    app = stored("attacks", **link)
    assert len(app.get("plotly_chart")) == CHARTS
    assert all(chart.proto.alt for chart in app.get("plotly_chart"))
    assert not app.error
    assert not [warning for warning in app.warning if "link" in warning.value]


@pytest.mark.parametrize(("link", "says"), BROKEN_LINKS, ids=str)
def test_a_broken_link_opens_the_nearest_and_says_so(stored: Opened, link: dict[str, str], says: str) -> None:
    app = stored("attacks", **link)
    assert says in app.warning[0].value.replace("\\", "")
    assert len(app.get("plotly_chart")) == CHARTS


def test_the_lead_and_the_rows_are_those_of_the_stored_result(stored: Opened) -> None:
    app, said = stored("attacks", **DIGITS), stored_result("attacks", "digits-vgg16-adv").summary
    lead = app.markdown[0].value.replace("\\", "")
    assert f"{100 * said['clean']['value']:.1f} % of the first 6 test images" in lead
    dots = next(t for t in spec(app)["data"] if t["mode"] == "markers" and "customdata" in t)
    wanted = [said["clean"], *(row["accuracy"] for row in said["bounded"]), said["worst_case"]]
    assert dots["x"] == [found["value"] for found in wanted]
    assert [row[1:] for row in dots["customdata"]] == [[found["low"], found["high"]] for found in wanted]


def test_attacks_of_different_norms_are_never_in_one_ranking(stored: Opened) -> None:
    app = stored("attacks", **DIGITS)
    named = [row[0] for t in spec(app)["data"] if "customdata" in t for row in t["customdata"]]
    assert named == ["clean", "fgsm", "pgd steps=2", named[3], "worst case"]
    assert named[3].startswith("nrf-linf")
    lines = {t["name"] for t in spec(app, 1)["data"] if t.get("name")}
    assert not lines & set(named)
    assert any(name.startswith("cw") for name in lines)


def test_the_other_model_is_drawn_beside_it(stored: Opened) -> None:
    symbols = [t["marker"]["symbol"] for t in spec(stored("attacks", **DIGITS))["data"] if "marker" in t]
    assert "diamond-open" in symbols
    alone = spec(stored("attacks", **DIGITS, compare="none"))["data"]
    assert "diamond-open" not in [t["marker"]["symbol"] for t in alone if "marker" in t]


def test_the_curve_over_radii_is_the_stored_one_with_chance(stored: Opened) -> None:
    app, result = stored("attacks", **DIGITS), stored_result("attacks-radii", "digits-vgg16-adv")
    assert result.table("curve")["value"].tolist() in [t["y"] for t in spec(app, 2)["data"]]
    assert "chance" in [note["text"] for note in spec(app, 2)["layout"]["annotations"]]


def test_the_slider_steps_through_the_attack_in_the_browser(stored: Opened) -> None:
    figure = spec(stored("attacks", **DIGITS), 3)
    slider = figure["layout"]["sliders"][0]
    assert [step["label"] for step in slider["steps"]] == ["clean", "start", *map(str, range(1, 11))]
    assert {step["method"] for step in slider["steps"]} == {"animate"}
    assert len(figure["frames"]) == 12
    pictures = [frame["data"][0]["source"] for frame in figure["frames"]]
    assert all(picture.startswith("data:image/png") for picture in pictures)
    assert pictures[0] != pictures[-1]
    words = [" ".join(part["text"]) for part in figure["frames"][0]["data"] if "text" in part]
    assert "Clean image" in words[0]


def test_without_the_checks_the_page_says_how_to_run_them(stored: Opened) -> None:
    assert any("--diagnose" in info.value for info in stored("attacks", **DIGITS).info)


def test_badges_have_a_word_and_a_shape(stored: Opened, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.analysis.results import StoredResult

    check = {"name": "zero gradient", "number": 0.5, "threshold": 0.1, "flagged": True, "sentence": "No gradient."}
    checks = [check, check | {"name": "flat output", "number": 0.0, "flagged": False}]
    result = StoredResult(runs / "attacks" / "digits-vgg16-adv")
    monkeypatch.setitem(result.summary, "diagnostics", checks)
    shown = "dashboard.answers.stored_results.results_of"
    monkeypatch.setattr(shown, lambda kind, *_: {"": result} if kind == "attacks" else {})
    said = [part.value.replace("\\", "") for part in stored("attacks", **DIGITS).markdown]
    assert any("▲ flagged" in part and "0.5 (limit 0.1)" in part for part in said)
    assert any("● passed" in part and "flat output" in part for part in said)


def test_without_a_result_the_page_says_how_to_make_one(opened: Opened) -> None:
    app = opened("attacks", data="shapes", model="shapes-vgg16-adv")
    assert "No evaluation" in app.info[0].value
    assert app.code[0].value.startswith("python -m core attacks shapes-vgg16-adv")
    assert app.button(key="work_attacks").label == "Compute"
    assert len(app.get("plotly_chart")) == 1
