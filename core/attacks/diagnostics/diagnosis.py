"""What a check answers."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """One way in which an accuracy under attack can mislead, looked for in one network.

    Args:
        name: of the check.
        number: what was measured, the larger the worse.
        threshold: the largest number that passes.
        flagged: whether the number lies above the threshold.
        sentence: what the number means here and, where it is flagged, what to do.
    """

    name: str
    number: float
    threshold: float
    flagged: bool
    sentence: str


def diagnosis(name: str, number: float, threshold: float, passed: str, flagged: str) -> Diagnosis:
    """A diagnosis that says one of two sentences."""
    above = bool(number > threshold)
    said = flagged if above else passed
    return Diagnosis(name=name, number=float(number), threshold=threshold, flagged=above, sentence=said)


def percent(share: float) -> str:
    """A share as it stands in a sentence: "3.1 %"."""
    return f"{100 * share:.3g} %"
