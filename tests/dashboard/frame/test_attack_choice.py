"""Choosing attacks: every registered one by its name, with settings of its own, and never one that cannot be."""

import shlex
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.attacks import ATTACKS, bounded_attacks

Opened = Callable[..., AppTest]
SHAPES = {"data": "shapes", "model": "shapes-vgg16-adv"}
ROWS = ("attacks_attacks_bounded", "attacks_attacks_unbounded")
EDIT = "edit_attacks_attacks"


def attacks_of(app: AppTest) -> str:
    """What the printed command attacks with."""
    command = next(shlex.split(code.value) for code in app.code if "--n" in code.value)
    return command[command.index("--attacks") + 1] if "--attacks" in command else "fgsm,bim,pgd"


def test_every_attack_is_offered_among_those_of_its_kind(opened: Opened) -> None:
    bounded, unbounded = (app_row.options for app_row in map(opened("attacks", **SHAPES).button_group, ROWS))
    for name in ATTACKS:
        row = bounded if name in bounded_attacks() else unbounded
        assert ATTACKS.title(name) in row
    assert "CW (c 10)" in unbounded


def test_what_is_pressed_is_computed(opened: Opened) -> None:
    app = opened("attacks", **SHAPES)
    assert attacks_of(app) == "fgsm,bim,pgd"
    app.button_group(key=ROWS[0]).set_value(["fgsm", "nrf-linf:mask=random"])
    app.button_group(key=ROWS[1]).set_value(["cw:c=10"]).run()
    assert attacks_of(app) == "fgsm,nrf-linf:mask=random,cw:c=10.0"


def test_settings_of_its_own_make_another_attack(opened: Opened) -> None:
    app = opened("attacks", **SHAPES)
    app.selectbox(key=f"{EDIT}_name").set_value("pgd").run()
    app.number_input(key=f"{EDIT}_pgd_steps").set_value(50).run()
    app.button(key=f"{EDIT}_add").click().run()
    assert attacks_of(app) == "fgsm,bim,pgd,pgd:steps=50"
    assert "PGD (steps 50)" in app.button_group(key=ROWS[0]).options


@pytest.mark.parametrize(("setting", "value"), [("pgd_steps", 0), ("pgd_step_size", -1.0), ("nrf_c", -3.0)])
def test_a_setting_out_of_range_adds_nothing(setting: str, value: float, opened: Opened) -> None:
    app = opened("attacks", **SHAPES)
    app.selectbox(key=f"{EDIT}_name").set_value(setting.partition("_")[0]).run()
    app.number_input(key=f"{EDIT}_{setting}").set_value(value).run()
    assert app.button(key=f"{EDIT}_add").disabled
    assert "at least" in app.error[0].value
    assert not app.button(key="work_attacks").disabled
    assert attacks_of(app) == "fgsm,bim,pgd"


@pytest.mark.parametrize("name", ATTACKS)
def test_the_settings_are_the_attacks_own(name: str, opened: Opened) -> None:
    """Whatever it has, and nothing of its strength, which is one for all."""
    app = opened("attacks", **SHAPES)
    app.selectbox(key=f"{EDIT}_name").set_value(name).run()
    assert not app.button(key=f"{EDIT}_add").disabled
    app.button(key=f"{EDIT}_add").click().run()
    assert not app.exception
    assert name in attacks_of(app).split(",")
