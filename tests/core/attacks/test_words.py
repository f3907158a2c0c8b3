import random
from dataclasses import fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from core.attacks import ATTACKS, BIM, CW, FGSM, NRF, PGD, NRFLinf, ThreatModel, attacks_of, label_of, words_of
from core.distillation import Bottleneck
from core.errors import InputError

THREAT = ThreatModel(epsilon=0.1)


def test_names_alone_take_the_threat_model() -> None:
    assert attacks_of(" fgsm, bim,,pgd ", THREAT) == (FGSM(threat=THREAT), BIM(threat=THREAT), PGD(threat=THREAT))


def test_settings_follow_a_colon() -> None:
    found = attacks_of("pgd,pgd:steps=100;loss=margin,cw:c=1,pgd:random_start=false;step_size=0.01", THREAT)
    assert found == (
        PGD(threat=THREAT),
        PGD(threat=THREAT, steps=100, loss="margin"),
        CW(c=1.0),
        PGD(threat=THREAT, random_start=False, step_size=0.01),
    )
    assert [label_of(attack) for attack in found[:3]] == ["pgd", "pgd steps=100 loss=margin", "cw c=1"]


def test_a_field_inside_another_has_a_dot_and_none_is_a_value() -> None:
    assert attacks_of("nrf-linf:side=robust", THREAT) == (NRFLinf(threat=THREAT, side="robust"),)
    (found,) = attacks_of("nrf:mask=random;bottleneck.beta=0.1;bottleneck.cut=none", THREAT)
    assert found == NRF(mask="random", bottleneck=Bottleneck(beta=0.1))


def test_twice_is_once() -> None:
    assert attacks_of("pgd:steps=5,pgd:steps=5,pgd", THREAT) == (PGD(threat=THREAT, steps=5), PGD(threat=THREAT))


def test_a_choice_called_none_is_that_choice_and_a_number_may_be_a_fraction() -> None:
    assert attacks_of("nrf:mask=none", THREAT) == (NRF(mask="none"),)
    assert attacks_of("pgd:step_size=2/255", THREAT) == (PGD(threat=THREAT, step_size=2 / 255),)


@pytest.mark.parametrize("name", list(ATTACKS))
def test_every_attack_written_down_is_read_as_itself(name: str) -> None:
    draw = random.Random(name)
    for _ in range(20):
        attack = with_other_settings(ATTACKS[name](), draw)
        if hasattr(attack, "threat") and any(f.name == "threat" for f in fields(attack)):
            attack = replace(attack, threat=THREAT)
        assert attacks_of(words_of([attack]), THREAT) == (attack,)


def with_other_settings(value: Any, draw: random.Random) -> Any:
    """The dataclass with some of its fields drawn anew; a draw that it refuses leaves it as it was."""
    hints = get_type_hints(type(value))
    for field in fields(value):
        old = getattr(value, field.name)
        new = _drawn(old, hints[field.name], draw) if field.name != "threat" and draw.random() < 0.5 else old
        try:
            value = replace(value, **{field.name: new})
        except InputError:
            continue
    return value


def _drawn(old: Any, hint: Any, draw: random.Random) -> Any:
    if get_origin(hint) is Literal:
        return draw.choice(get_args(hint))
    if isinstance(old, bool):
        return not old
    if isinstance(old, int):
        return old + draw.randint(0, 3)
    if isinstance(old, float):
        return old * draw.choice((0.5, 1 / 3, 2.0))
    return with_other_settings(old, draw) if hasattr(old, "__dataclass_fields__") else old


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (",", "at least one attack"),
        ("pdg", "Did you mean 'pgd'"),
        ("pgd:stepz=3", "Unknown setting of PGD 'stepz'; known are steps, step_size, random_start, loss."),
        ("pgd:steps", "Expected field=value after the colon, got 'steps'"),
        ("pgd:steps=many", "Field steps expects int, got str 'many'"),
        ("pgd:steps=1.5", "Field steps expects int, got float 1.5"),
        ("pgd:steps=0", "at least 1 step"),
        ("pgd:step_size=1/0", "Field step_size expects float, got str '1/0'"),
        ("pgd:loss=hinge", "Unknown loss 'hinge'"),
        ("pgd:threat=linf", "give it with --norm and --epsilon"),
        ("pgd:threat.epsilon=1", "give it with --norm and --epsilon"),
        ("pgd:steps.more=1", "Unknown setting of PGD 'steps.more'"),
        ("nrf:bottleneck.kind=1", "Unknown setting of Bottleneck"),
        ("cw:c=nan", "finite number"),
    ],
)
def test_bad_words_are_one_sentence(words: str, sentence: str) -> None:
    with pytest.raises(InputError) as said:
        attacks_of(words, THREAT)
    assert sentence in str(said.value)
    assert "\n" not in str(said.value)
