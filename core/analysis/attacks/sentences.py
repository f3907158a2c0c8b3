"""An evaluation in words: its answer, the reason to doubt it, whether NRF is worth it, whether to trust the numbers."""

from collections.abc import Sequence
from typing import Any

from core.analysis.attacks.findings import CONTROLS, Paired
from core.analysis.attacks.names import title_of
from core.analysis.attacks.walk import Walk
from core.look import percent

Row = dict[str, Any]
USUAL = "pgd"  # the attack that people run alone


def answer(summary: Row) -> str:
    """How many images are right as they are, and how many whichever bounded attack is tried."""
    n, right, worst = summary["n"], percent(summary["clean"]["value"]), summary["worst_case"]
    if worst is None:
        return f"The network is right on {right} of {n} test images; no attack of a given strength was run on them."
    rows = summary["bounded"]
    under = "whichever attack is tried" if len(rows) > 1 else f"under {title_of(rows[0]['label'])}"
    return f"The network is right on {right} of {n} test images, and on {percent(worst['value'])} of them {under}."


def doubt(summary: Row) -> str:
    """Why that may be too much: what a single attack would have said, and what was not tried."""
    rows = sorted(summary["bounded"], key=_accuracy)
    if not rows:
        return "Attacks without a bound turn almost any image; how far they had to move it is what counts."
    more = f"{_checked(summary['diagnostics'])} an attack that was not tried may turn more."
    if len(rows) == 1:
        return f"One attack alone flatters a network. {more}"
    strongest, alone = rows[0], next((row for row in rows if row["label"] == USUAL), rows[-1])
    alone = rows[-1] if alone is strongest else alone
    return (
        f"One attack alone flatters: {_named(alone)} would say {percent(_accuracy(alone))}, the strongest, "
        f"{_named(strongest)}, {percent(_accuracy(strongest))}. {more}"
    )


def _checked(checks: Sequence[Row] | None) -> str:
    if checks is None:
        return "These numbers were not checked, and"
    failed = any(check["flagged"] for check in checks)
    return "Not all checks of these numbers passed, and" if failed else f"All {len(checks)} checks passed, yet"


def of_one_image(way: Walk) -> str:
    """Whether PGD changes what the network says of an image, and after how many steps."""
    true, steps = way.class_names[way.true], len(way) - 2
    if way.turned is None:
        return f"On this image the network still says {true} after {steps} steps of PGD."
    if way.turned < 0:
        return f"On this image the network is wrong before any attack: the true class is {true}."
    return f"On this image PGD needs {way.turned} of {steps} steps: from {true} to {way.class_names[way.other]}."


def _accuracy(row: Row) -> float:
    return float(row["accuracy"]["value"])


def _named(row: Row) -> str:
    return title_of(row["label"])


def nrf_sentence(pairs: Sequence[Paired]) -> str:
    """Whether NRF beats CW at equal distortion, and whether it matters which channels it pulls at."""
    if not pairs:
        return "This result does not hold both NRF and a CW that turned an image, so they are not compared."
    against, *others = pairs
    masks = [pair for pair in others if pair.second in CONTROLS]
    own = [pair for pair in others if pair.second not in CONTROLS]
    smaller = [f"at the smaller size that NRF itself needs, {_stands(own[0])}"] if _differs(own, against) else []
    lead = {"A stronger": "Yes", "B stronger": "No"}.get(against.verdict, "Not seen")
    return " ".join(["; ".join([f"{lead}: at equal size {_stands(against)}", *smaller]) + ".", *_masks(masks)])


def _differs(pairs: Sequence[Paired], against: Paired) -> bool:
    return bool(pairs) and pairs[0].verdict != against.verdict


def _stands(pair: Paired) -> str:
    if pair.verdict == "no difference seen":
        return "no difference is seen"
    return f"{title_of(pair.first if pair.verdict == 'A stronger' else pair.second)} turns more images"


def _masks(pairs: Sequence[Paired]) -> list[str]:
    """Whether the channels that NRF chooses turn more images than others would."""
    ends = {"A stronger": "turn fewer", "B stronger": "turn more", "no difference seen": "do as well"}
    verdicts = {pair.verdict for pair in pairs}
    if len(verdicts) > 1:
        return ["The channels that it chooses are not better than every other choice."]
    return [f"Other channels than those it chooses {ends[verdict]}." for verdict in verdicts]


def checks_sentence(checks: Sequence[Row]) -> str:
    """How many checks of the numbers passed, and which did not."""
    failed = [check["name"] for check in checks if check["flagged"]]
    passed = f"{len(checks) - len(failed)} of {len(checks)} checks of these numbers passed"
    return f"{passed}; not passed: {', '.join(failed)}." if failed else f"{passed}."
