"""What a check answers."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """One way in which an accuracy under attack can mislead, looked for in one network.

    Args:
        name: of the check.
        number: what was measured, the larger the worse.
        threshold: above it the check is flagged.
        sentence: what the number means here and, where it is flagged, what to do.
    """

    name: str
    number: float
    threshold: float
    sentence: str

    @property
    def flagged(self) -> bool:
        """Whether the number lies above the threshold."""
        return self.number > self.threshold


def diagnosis(name: str, number: float, threshold: float, passed: str, flagged: str) -> Diagnosis:
    """A diagnosis that says one of two sentences."""
    said = flagged if number > threshold else passed
    return Diagnosis(name=name, number=float(number), threshold=threshold, sentence=said)
