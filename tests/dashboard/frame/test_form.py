"""Forms, on every page that has one: what they say is computed, and nothing while they say something wrong."""

import shlex
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import InputError
from dashboard.frame.form import Ask, Form
from dashboard.screens.clusters.settings import VECTORS
from dashboard.work import offer
from tests.dashboard.conftest import started

Opened = Callable[..., AppTest]
SHAPES = {"data": "shapes", "model": "shapes-vgg16-adv"}
PAGES = ("clusters", "bottleneck", "channels", "visualize", "attacks")


def refusal(app: AppTest) -> str:
    """What the page says, as it is read."""
    return app.error[0].value.replace("\\", "")


def numbers(app: AppTest, page: str) -> list[str]:
    """Keys of the form's number fields."""
    return [field.key for field in app.number_input if field.key and field.key.startswith(f"{page}_")]


@pytest.mark.parametrize("page", PAGES)
def test_u10_a_number_out_of_range_is_refused_and_the_one_before_is_not_computed(page: str, opened: Opened) -> None:
    app = opened(page, **SHAPES)
    assert (keys := numbers(app, page))
    for key in keys:
        before = app.number_input(key=key).value
        app.number_input(key=key).set_value(-7).run()
        assert app.button(key=f"work_{page}").disabled
        assert "got -7; nothing is computed" in refusal(app)
        app.number_input(key=key).set_value(10**9).run()
        assert app.button(key=f"work_{page}").disabled
        app.number_input(key=key).set_value(before).run()
        assert not app.button(key=f"work_{page}").disabled
        assert not app.error


@pytest.mark.parametrize("page", PAGES)
def test_the_browser_keeps_no_number_to_itself(page: str, opened: Opened) -> None:
    """A limit in the browser turns a field red and sends nothing."""
    app = opened(page, **SHAPES)
    for key in numbers(app, page):
        field = app.number_input(key=key).proto
        assert not field.has_min or field.min < -(10**9)
        assert not field.has_max or field.max > 10**9


def test_without_an_attack_nothing_is_computed(opened: Opened) -> None:
    app = opened("attacks", **SHAPES)
    app.button_group(key="attacks_attacks_bounded").set_value([]).run()
    assert app.button(key="work_attacks").disabled
    assert "Choose at least one attack" in refusal(app)
    app.button_group(key="attacks_attacks_unbounded").set_value(["cw"]).run()
    assert not app.button(key="work_attacks").disabled


def test_the_command_is_asked_for_when_the_button_is_pressed(
    opened: Opened, half_done: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was typed right before the press counts, not what the last run of the page saw."""
    app = opened("clusters", **SHAPES)
    app.number_input(key="clusters_n").set_value(70)  # no run in between
    app.button(key="work_clusters").click().run()
    assert started("clusters", "shapes-vgg16-adv").command == ("clusters", "shapes-vgg16-adv", "--n", "70")


def test_what_is_typed_wrong_right_before_the_press_starts_nothing(opened: Opened, half_done: None) -> None:
    app = opened("clusters", **SHAPES)
    app.number_input(key="clusters_perplexity").set_value(-1.0)
    app.button(key="work_clusters").click().run()
    assert "“Perplexity” takes a number from 2 to 100" in refusal(app)
    assert offer.jobs.current(("clusters", "shapes-vgg16-adv")) is None


def test_the_header_says_the_rest(opened: Opened) -> None:
    app = opened("channels", **SHAPES, attack="fgsm", beta="0.7", seed="3", epsilon="0.05")
    command = next(code.value for code in app.code if "--seed" in code.value)
    assert shlex.split(command)[5:] == [
        "--n", "500", "--attack", "fgsm", "--beta", "0.7", "--seed", "3", "--epsilon", "0.05", "--norm", "linf",
    ]  # fmt: skip


def test_labels_and_help_come_from_the_fields(opened: Opened) -> None:
    from core.analysis.clusters.experiment import FeatureMaps
    from core.models import load_card

    card = load_card("shapes-vgg16-adv")
    form = Form("clusters", FeatureMaps(), {"map_seeds": Ask(), "neighbors": Ask(), "vector": Ask()}, card)
    asked = {field.name: ask for field, ask in form._asked()}
    assert (asked["neighbors"].label, asked["neighbors"].help) == ("Neighbors", "of purity and trustworthiness.")
    assert list(asked["vector"].choices or ()) == list(VECTORS)
    assert form.value() == FeatureMaps()
    with pytest.raises(InputError, match="at least 1"):
        Form("clusters", FeatureMaps(), {"neighbors": Ask(least=1, usual=0)}, card).value()
