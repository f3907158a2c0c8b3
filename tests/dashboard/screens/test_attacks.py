"""The Attacks page, opened from links on a small stored evaluation, without a browser."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.analysis.attacks.sentences import answer, doubt
from core.analysis.results import StoredResult, stored_result
from core.look import percent
from dashboard.selection.state import PARTS
from tests.dashboard.conftest import BROKEN_LINKS, read, spec

Opened = Callable[..., AppTest]
DIGITS = {"data": "digits", "model": "digits-vgg16-adv"}
ALL_OPEN = {"open": ",".join(PARTS["attacks"])}
CHARTS = 3  # bounded, over distortion, over radii


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


@pytest.fixture
def shipped(opened: Opened, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Opened:
    """`opened` on the shipped networks and results, without CIFAR-10."""
    monkeypatch.undo()
    monkeypatch.setenv("FEATURE_SIEVE_DATA", str(tmp_path))
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path))
    return opened


def words(app: AppTest) -> list[str]:
    return [read(part.value) for part in app.markdown]


def walk(app: AppTest) -> dict[str, Any]:
    """What the browser gets of the walk."""
    (found,) = [part.proto.json for part in app.get("bidi_component") if part.proto.id.endswith("-steps")]
    return json.loads(found)


@pytest.mark.parametrize(
    "link",
    [
        DIGITS,
        DIGITS | ALL_OPEN,
        DIGITS | ALL_OPEN | {"image": "499", "attack": "none", "compare": "none"},
        DIGITS | ALL_OPEN | {"label": "4", "beta": "7", "tolerance": "batch"},
        DIGITS | {"mode": "present"},
        DIGITS | {"hide": "controls"},
    ],
    ids=str,
)
def test_a_good_link_opens_without_a_word(stored: Opened, link: dict[str, str]) -> None:
    app = stored("attacks", **link)
    assert len(walk(app)["panels"]) == 4
    assert len(app.get("plotly_chart")) == (CHARTS if "open" in link else 0)
    assert all(chart.proto.alt for chart in app.get("plotly_chart"))
    assert not app.error
    assert not [warning for warning in app.warning if "link" in warning.value]


@pytest.mark.parametrize(("link", "says"), BROKEN_LINKS, ids=str)
def test_a_broken_link_opens_the_nearest_and_says_so(stored: Opened, link: dict[str, str], says: str) -> None:
    app = stored("attacks", **link)
    assert says in app.warning[0].value.replace("\\", "")
    assert len(walk(app)["panels"]) == 4


def test_answer_and_doubt_are_those_of_the_stored_result(stored: Opened) -> None:
    summary = stored_result("attacks", "digits-vgg16-adv").summary
    shown = words(stored("attacks", **DIGITS))
    assert read(answer(summary)) in shown
    assert any(read(doubt(summary)) in part for part in shown)


def test_the_dots_are_those_of_the_stored_result_weakest_first(stored: Opened) -> None:
    app, summary = stored("attacks", **DIGITS, open="bounded"), stored_result("attacks", "digits-vgg16-adv").summary
    figure = spec(app)
    (dots,) = (t for t in figure["data"] if t["mode"] == "markers" and isinstance(t["marker"]["symbol"], list))
    values = [row["accuracy"]["value"] for row in summary["bounded"]]
    wanted = [summary["clean"]["value"], *sorted(values, reverse=True), summary["worst_case"]["value"]]
    assert dots["x"] == wanted
    assert [percent(value) in text for value, text in zip(wanted, dots["hovertext"], strict=True)] == [True] * 5


def test_attacks_of_different_norms_are_never_in_one_ranking(stored: Opened) -> None:
    app = stored("attacks", **DIGITS, open="bounded,distance")
    names = " ".join(spec(app)["layout"]["yaxis"]["ticktext"])
    assert "FGSM" in names
    assert "NRF L∞" in names
    lines = [t["name"] for t in spec(app, 1)["data"] if t.get("name")]
    assert any(line.startswith("CW") for line in lines)
    assert not [line for line in lines if line in names]


def test_the_other_model_is_drawn_beside_it(stored: Opened) -> None:
    def symbols(app: AppTest) -> list[Any]:
        return [t["marker"]["symbol"] for t in spec(app)["data"] if "marker" in t]

    assert "diamond-open" in symbols(stored("attacks", **DIGITS, open="bounded"))
    assert "diamond-open" not in symbols(stored("attacks", **DIGITS, open="bounded", compare="none"))


def test_nrf_and_cw_stand_in_one_table_with_a_verdict(shipped: Opened) -> None:
    (table,) = shipped("attacks", data="shapes", model="shapes-vgg16-adv", open="versus").table
    assert list(table.value.columns) == ["B", "at equal", "A − B", "verdict"]
    assert table.value["B"].iloc[0].startswith("CW (c 10)")
    assert table.value["verdict"].iloc[0] == "**B stronger**"
    assert set(table.value["verdict"].str.strip("*")) <= {"A stronger", "B stronger", "no difference seen"}


def test_the_curve_over_radii_is_the_stored_one_with_chance(stored: Opened) -> None:
    app, result = stored("attacks", **DIGITS, open="radii"), stored_result("attacks-radii", "digits-vgg16-adv")
    assert result.table("curve")["value"].tolist() in [t["y"] for t in spec(app)["data"]]
    assert "chance" in [note["text"] for note in spec(app)["layout"]["annotations"]]


def test_the_slider_has_every_step_of_the_attack_in_the_browser(stored: Opened) -> None:
    data = walk(stored("attacks", **DIGITS))
    assert data["positions"] == ["clean", "start", *map(str, range(1, 11))]
    assert data["sentences"][0].startswith("All channels say")
    assert data["start"] == 11
    assert data["prefix"] == "Test image 0, step by step: ", "the answer above is about many images"
    pictures, added, *curves = data["panels"]
    assert [panel["kind"] for panel in data["panels"]] == ["shots", "shots", "lines", "lines"]
    assert pictures["sources"][0] != pictures["sources"][-1]
    assert len(set(added["sources"])) > 1
    assert all(len(line["values"]) == 12 for panel in curves for line in panel["lines"])
    assert all(panel["says"] for panel in data["panels"])


def test_without_the_checks_the_page_says_how_to_run_them(stored: Opened) -> None:
    assert any("--diagnose" in info.value for info in stored("attacks", **DIGITS, open="checks").info)


def test_passed_checks_are_a_line_and_failed_ones_are_spelled_out(
    stored: Opened, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = {"name": "zero gradient", "number": 0.5, "threshold": 0.1, "flagged": True, "sentence": "No gradient."}
    checks = [check, check | {"name": "flat output", "number": 0.0, "flagged": False}]
    result = StoredResult(runs / "attacks" / "digits-vgg16-adv")
    monkeypatch.setitem(result.summary, "diagnostics", checks)
    shown = "dashboard.answers.stored_results.results_of"
    monkeypatch.setattr(shown, lambda kind, *_: {"": result} if kind == "attacks" else {})
    app = stored("attacks", **DIGITS, open="checks")
    assert "1 of 2 checks of these numbers passed; not passed: zero gradient." in words(app)
    assert [warning.value.replace("\\", "") for warning in app.warning] == [
        "**zero gradient** 0.5 (limit 0.1): No gradient."
    ]
    (table,) = app.table
    assert table.value[""].tolist() == ["▲ not passed", "● passed"]


def test_what_the_paper_prints_is_a_part_only_where_it_prints_something(stored: Opened, shipped: Opened) -> None:
    title = "What does the paper print?"
    assert title not in [fold.label for fold in stored("attacks", **DIGITS).expander]
    assert title in [fold.label for fold in shipped("attacks", data="cifar10", model="cifar10-vgg16-adv").expander]


def test_without_images_the_dots_are_the_first_screen(shipped: Opened) -> None:
    app = shipped("attacks", data="cifar10", model="cifar10-vgg16-adv")
    assert len(app.get("plotly_chart")) == 1
    assert "worst case" in " ".join(spec(app)["layout"]["yaxis"]["ticktext"])
    assert not [part for part in app.get("bidi_component") if part.proto.id.endswith("-steps")]
    assert "How strong is each attack?" not in [fold.label for fold in app.expander], "they would stand there twice"


def test_without_a_result_the_page_says_how_to_make_one(opened: Opened) -> None:
    app = opened("attacks", data="shapes", model="shapes-vgg16-adv")
    assert "No evaluation" in app.info[0].value
    assert app.code[0].value.startswith("python -m core attacks shapes-vgg16-adv")
    assert app.button(key="work_attacks").label == "Compute"
    assert any(part.startswith("On this image") for part in words(app))


def test_one_image_needs_no_result(opened: Opened) -> None:
    """The walk is the first screen; the way to a result comes below it."""
    main = opened("attacks", data="shapes", model="shapes-vgg16-adv").main
    keys = [str(part.proto) for part in main.children.values()]
    places = [next(i for i, text in enumerate(keys) if name in text) for name in ("answer", "doubt", "form")]
    assert places == sorted(places)
