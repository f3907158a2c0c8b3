"""What an evaluation says in words, whatever was run and whatever came out."""

from dataclasses import replace
from typing import Any

import pytest

from core.analysis.attacks.findings import Paired
from core.analysis.attacks.sentences import answer, checks_sentence, doubt, nrf_sentence

PART = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 200}
PAIR = Paired(
    first="nrf", second="cw c=10", radius=1.5, first_accuracy=PART, second_accuracy=PART, difference=0.1, low=0.05,
    high=0.2,
)  # fmt: skip
CHECK = {"name": "flat output", "flagged": False}


def summary(**accuracies: float) -> dict[str, Any]:
    rows = [{"label": label.replace("_", "-"), "accuracy": {"value": value}} for label, value in accuracies.items()]
    worst = PART | {"value": min(accuracies.values()) - 0.02} if accuracies else None
    return {"n": 200, "clean": PART | {"value": 0.9}, "worst_case": worst, "bounded": rows, "diagnostics": [CHECK] * 11}


def told(verdict: str) -> Paired:
    low, high = {"A stronger": (-0.2, -0.1), "B stronger": (0.1, 0.2), "no difference seen": (-0.1, 0.1)}[verdict]
    return replace(PAIR, low=low, high=high)


def test_the_answer_is_the_worst_case_over_what_was_run() -> None:
    said = answer(summary(pgd=0.6, apgd_ce=0.52)).replace("\u00a0", " ")
    assert said == "The network is right on 90 % of 200 test images, and on 50 % of them whichever attack is tried."
    assert answer(summary(pgd=0.6)).endswith("under PGD.")
    assert "no attack" in answer(summary())


def test_the_doubt_names_the_strongest_and_what_pgd_alone_would_have_said() -> None:
    said = doubt(summary(fgsm=0.8, pgd=0.6, apgd_ce=0.52)).replace("\u00a0", " ")
    assert "PGD would say 60 %, the strongest, APGD-CE, 52 %" in said
    assert "All 11 checks passed, yet" in said
    assert "FGSM would say 80 %, the strongest, PGD, 60 %" in doubt(summary(fgsm=0.8, pgd=0.6)).replace("\u00a0", " ")
    assert "One attack alone flatters a network" in doubt(summary(pgd=0.6))
    assert "how far" in doubt(summary())


def test_a_failed_or_missing_check_is_said() -> None:
    some = summary(pgd=0.6)
    assert "were not checked" in doubt(some | {"diagnostics": None})
    failed = [CHECK, CHECK | {"name": "zero gradient", "flagged": True}]
    assert "Not all checks" in doubt(some | {"diagnostics": failed})
    assert checks_sentence(failed) == "1 of 2 checks of these numbers passed; not passed: zero gradient."
    assert checks_sentence([CHECK]) == "1 of 1 checks of these numbers passed."


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("A stronger", "Yes: at equal size NRF turns more images."),
        ("B stronger", "No: at equal size CW (c 10) turns more images."),
        ("no difference seen", "Not seen: at equal size no difference is seen."),
    ],
)
def test_whether_nrf_beats_cw_is_what_the_interval_allows(verdict: str, words: str) -> None:
    assert told(verdict).verdict == verdict
    assert nrf_sentence([told(verdict)]) == words


def test_another_verdict_at_a_smaller_size_is_said_too() -> None:
    small = replace(told("no difference seen"), radius=0.8)
    assert "smaller size that NRF itself needs, no difference" in nrf_sentence([told("B stronger"), small])
    assert "smaller" not in nrf_sentence([told("B stronger"), replace(told("B stronger"), radius=0.8)])


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        (("A stronger", "A stronger"), "turn fewer"),
        (("B stronger", "B stronger"), "turn more"),
        (("no difference seen",), "do as well"),
        (("A stronger", "B stronger"), "not better than every other choice"),
    ],
)
def test_whether_its_channels_matter(verdicts: tuple[str, ...], words: str) -> None:
    labels = ("nrf mask=random", "nrf mask=all")
    masks = [replace(told(verdict), second=label) for verdict, label in zip(verdicts, labels, strict=False)]
    assert words in nrf_sentence([told("B stronger"), *masks])


def test_without_both_attacks_nothing_is_compared() -> None:
    assert "not compared" in nrf_sentence([])
