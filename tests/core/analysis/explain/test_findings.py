import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch

from core.analysis.empty_set import empty_set
from core.analysis.explain.controls import Controls
from core.analysis.explain.explanation import Explanation
from core.analysis.explain.findings import attack_verdict, control_findings, echoed, headline, label_echo, sides
from core.analysis.explain.one_pass import Reading
from core.distillation import Distilled, ReadOut

NAMES = ("car", "ship", "dog", "cat")
Says = tuple[int, int, int]  # all, robust, non-robust
HALF = (True, True, False, False)


def side(says: Sequence[Says], robust: Sequence[Sequence[bool]], confidence: float = 2.0) -> Reading:
    """Rows of predictions with their masks."""
    logits = [confidence * torch.eye(len(NAMES))[list(column)] for column in zip(*says, strict=True)]
    mask = torch.tensor(robust)
    ones = torch.ones(mask.shape)
    return Reading(Distilled(ones[:, :, None, None], ones, ones, ones[:, 0], mask), ReadOut(*logits))


def told(
    clean: Says,
    attacked: Says | None = None,
    *,
    true: int | None = 0,
    label: int = 0,
    robust: Sequence[bool] = HALF,
    confidence: float = 2.0,
) -> Explanation:
    x = torch.zeros(1, 3, 2, 2)
    x_adv = x if attacked is None else x + 0.1
    before, after = side([clean], [robust], confidence), side([attacked or clean], [robust], confidence)
    return Explanation(x, x_adv, label, before, after, true_label=true)


CASES = {
    "fooled, robust side keeps the label": (
        told((0, 0, 1), (1, 0, 1)),
        "The attack turns car into ship. Given the true label, the 2 robust channels alone still predict car; the 2 "
        "non-robust ones still predict ship.",
    ),
    "fooled, robust side loses the label": (
        told((0, 0, 0), (1, 2, 1)),
        "The attack turns car into ship. Given the true label, the 2 robust channels alone now predict dog; the 2 "
        "non-robust ones now predict ship.",
    ),
    "not fooled, both sides agree": (
        told((0, 0, 0), (0, 0, 0)),
        "The attack does not fool the network: it still says car. Given the true label, the 2 robust channels alone "
        "still predict car, and so do the 2 non-robust ones.",
    ),
    "no attack": (
        told((0, 0, 1)),
        "No attack: the network says car. Given the true label, the 2 robust channels alone predict car; the 2 "
        "non-robust ones predict ship.",
    ),
    "wrong from the start": (
        told((1, 0, 1), (1, 0, 1)),
        "The network is wrong before any attack: it says ship, not car; the attack leaves that as it is. Given the "
        "true label, the 2 robust channels alone still predict car; the 2 non-robust ones still predict ship.",
    ),
    "wrong from the start, then otherwise": (
        told((1, 0, 1), (2, 0, 1)),
        "The network is wrong before any attack: it says ship, not car; attacked, it says dog. Given the true label, "
        "the 2 robust channels alone still predict car; the 2 non-robust ones still predict ship.",
    ),
    "empty robust set": (
        told((0, 3, 0), (1, 3, 1), robust=(False,) * 4),
        "The attack turns car into ship. Given the true label, no channel is robust, so that side says nothing; the 4 "
        "non-robust ones now predict ship.",
    ),
    "full robust set": (
        told((0, 0, 3), (1, 1, 3), robust=(True,) * 4),
        "The attack turns car into ship. Given the true label, the 4 robust channels alone now predict ship; no "
        "channel is non-robust, so that side says nothing.",
    ),
    "one channel": (
        told((0, 0, 1), (1, 0, 1), robust=(True, False, False, False)),
        "The attack turns car into ship. Given the true label, the one robust channel alone still predicts car; the 3 "
        "non-robust ones still predict ship.",
    ),
    "saturated": (
        told((0, 0, 0), (0, 0, 0), robust=(True,) + (False,) * 24, confidence=9.0),
        "The attack does not fool the network: it still says car. Given the true label, the one robust channel alone "
        "still predicts car, and so do the 24 non-robust ones. The network is saturated on this image (car at "
        "99.96%): the KL term alone decides, and the split says little.",
    ),
    "unknown truth": (
        told((0, 0, 1), (1, 0, 1), true=None),
        "The attack turns car into ship. Given the network's own prediction as the label (car), the 2 robust channels "
        "alone still predict car; the 2 non-robust ones still predict ship.",
    ),
    "a label that is wrong": (
        told((0, 2, 0), (1, 2, 1), label=2),
        "The attack turns car into ship. Given the wrong label dog, the 2 robust channels alone still predict dog; the "
        "2 non-robust ones now predict ship.",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_headline_says_what_the_numbers_say(case: str) -> None:
    explanation, expected = CASES[case]
    assert headline(explanation, NAMES) == expected


@pytest.mark.parametrize("case", CASES)
def test_no_claim_without_its_condition(case: str) -> None:
    """The wording rule: the label that the split was given is named, and no side is said to contain anything."""
    said = headline(CASES[case][0], NAMES)
    assert "Given " in said
    assert "label" in said
    assert "contain" not in said


@pytest.mark.parametrize("case", CASES)
def test_an_answer_is_short(case: str) -> None:
    """The rule of the first screen: sentences under 25 words, three numbers at most in all."""
    explanation, _ = CASES[case]
    verdict = attack_verdict(explanation, NAMES, network="the adversarially trained network")
    answer = [verdict, sides(explanation, NAMES)]
    assert "the adversarially trained network" in verdict.replace("The", "the")
    assert all(len(sentence.split()) < 25 for sentence in answer)
    assert len(re.findall(r"\d+", " ".join(answer))) <= 3


def test_an_attack_that_changed_nothing_is_said_to_have_found_nothing() -> None:
    explanation = told((0, 0, 0), (0, 0, 0))
    same = replace(explanation, x_adv=explanation.x.clone())
    assert attack_verdict(same, NAMES, attack="CW").startswith("CW found no change that fools the network: it still")
    assert attack_verdict(explanation, NAMES, attack="CW").startswith("The attack does not fool")


def test_without_an_attack_a_wrong_answer_is_said_as_such() -> None:
    assert attack_verdict(told((1, 0, 1)), NAMES) == "No attack: the network says ship, not car."


def test_a_split_of_its_own_counts_twice() -> None:
    explanation = told((0, 0, 1), (1, 0, 1))
    own = replace(explanation, adversarial=side([(1, 0, 1)], [(True, False, False, False)]))
    assert "the 2 (attacked: 1) robust channels alone still predict car" in headline(own, NAMES)
    assert "the 2 (attacked: 3) non-robust ones still predict ship" in headline(own, NAMES)


def labels(*robust_says: int, empty: Sequence[int] = ()) -> Reading:
    masks = [(False,) * 4 if k in empty else HALF for k in range(len(robust_says))]
    return side([(0, said, 0) for said in robust_says], masks)


def test_a_label_is_echoed_when_its_own_channels_predict_it() -> None:
    assert echoed(labels(0, 1, 3, 3)).tolist() == [True, True, False, True]
    assert echoed(labels(0, 1, 3, 3, empty=[1])).tolist() == [True, False, False, True]


@pytest.mark.parametrize(
    ("side_of_every_label", "expected"),
    [
        (
            labels(0, 1, 2, 3),
            "Given any label, the robust channels repeat it: 4 of 4 here. Their “car” tells more of the label than of "
            "the image.",
        ),
        (
            labels(1, 1, 2, 3),
            "Given almost any label, the robust channels repeat it: 3 of 4 here. What they say tells more of the label "
            "than of the image.",
        ),
        (
            labels(0, 1, 0, 0),
            "Given another label, some robust channels repeat it: 2 of 4 here. The label explains part of what they "
            "say.",
        ),
        (
            labels(0, 0, 0, 0),
            "No other label is repeated by its own robust channels: 1 of 4 here. The split rests on more than the "
            "label.",
        ),
    ],
)
def test_the_echo_is_counted_and_weighed(side_of_every_label: Reading, expected: str) -> None:
    assert label_echo(side_of_every_label, NAMES, 0) == expected


def test_controls_are_said_in_words() -> None:
    checks = Controls(labels(0, 1, 2, 3), told((0, 2, 0), (1, 3, 1)), told((2, 0, 2), (2, 0, 2)))
    assert control_findings(checks, NAMES) == (
        "2 channels drawn at random predict dog, but cat after the attack.",
        "With random weights and the label car, the robust channels alone predict car.",
    )


def test_an_empty_control_predicts_nothing() -> None:
    none = told((0, 2, 0), robust=(False,) * 4)
    mask, network = control_findings(Controls(labels(0, 1, 2, 3), none, none), NAMES)
    assert mask == "No channel is robust, so a random mask of the same size is empty as well."
    assert network == "With random weights and the label car, no channel is robust, so that side says nothing."


NONE = (False,) * 4


@pytest.mark.parametrize("which", [0, 1], ids=["clean", "attacked"])
def test_nobody_speaks_for_a_side_that_is_empty_on_one_of_the_images(which: int) -> None:
    """U13: with a split of its own, the attacked image may lose its last robust channel, or gain its first."""
    explanation = told((0, 2, 1), (1, 3, 1))
    masks = [HALF, HALF]
    masks[which] = NONE
    sides = [side([says], [mask]) for says, mask in zip(((0, 2, 1), (1, 3, 1)), masks, strict=True)]
    said = headline(replace(explanation, clean=sides[0], adversarial=sides[1]), NAMES)
    assert empty_set() in said
    assert "2 robust channels alone predict" in said
    assert ("dog", "cat")[which] not in said, "only its bias says so"


def test_nobody_speaks_for_a_control_that_is_empty_after_the_attack() -> None:
    lost = replace(told((0, 2, 0), (1, 3, 1)), adversarial=side([(1, 3, 1)], [NONE]))
    for finding in control_findings(Controls(labels(0, 1, 2, 3), lost, lost), NAMES):
        assert finding.endswith(f"dog; attacked, {empty_set()}.")
        assert "cat" not in finding
