"""Why not to believe the first screen too easily: the claim on many images, never without its controls."""

from typing import Any

from core.look import Look, percent
from dashboard.shared.bars import Measured, measured_bars

CONTROLS = {  # beside the claim: what the robust channels say, or others in their place
    "random_network": "the same from a network with random weights",
    "wrong_label": "given a wrong label, they repeat that one",
    "random_mask": "the same number of channels, drawn at random, say the true label",
}


def doubt_of(summary: dict[str, Any]) -> str:
    """What a wrong label does to the robust channels of the answer."""
    repeated = _claim(summary)["controls"]["wrong_label"]
    share = f"on {percent(repeated['value'])} of {repeated['n']} attacked images"
    if not repeated["value"]:
        return f"Given a wrong label, they repeat it {share}: what they say is more than the label."
    if repeated["low"] > 0.5:
        return f"Given a wrong label, they repeat it {share}: they say mostly what they were given."
    return f"Given a wrong label, they repeat it {share}: part of what they say is the label given."


def controls(summary: dict[str, Any], look: Look) -> str:
    """HTML of the claim on attacked images with the true label, and its three controls."""
    rows = claim_rows(summary)
    return measured_bars(rows, look, " ".join(f"{row.name}: {percent(row.value)}." for row in rows))


def condition(summary: dict[str, Any]) -> str:
    """What the fractions are of."""
    return f"On {summary['n']} attacked images, with {percent(0.95)} intervals:"


def claim_rows(summary: dict[str, Any]) -> list[Measured]:
    """The claim first."""
    claim = _claim(summary)
    rows = [_measured("given the true label, the robust channels alone say it", claim["measured"], False)]
    return rows + [_measured(name, claim["controls"][key], True) for key, name in CONTROLS.items()]


def _claim(summary: dict[str, Any]) -> dict[str, Any]:
    """Of the robust channels on attacked images."""
    claim: dict[str, Any] = next(
        claim for claim in summary["claims"] if (claim["side"], claim["images"]) == ("robust", "attacked")
    )
    return claim


def _measured(name: str, found: dict[str, Any], control: bool) -> Measured:
    return Measured(name, found["value"], found["low"], found["high"], control)
