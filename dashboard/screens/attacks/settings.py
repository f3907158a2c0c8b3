"""What an evaluation takes, and what of its making the page says."""

from core.analysis.results import StoredResult
from dashboard.frame.attack_choice import AttackChoice
from dashboard.frame.form import Ask, threat_of
from dashboard.frame.form import form as experiment_form
from dashboard.frame.view import View
from dashboard.shared.words import radius

QUICK = ("fgsm", "bim", "pgd")
VARIED = ("nrf-linf:mask=random", "cw:c=1", "cw:c=10", "nrf:mask=random", "nrf:mask=all")  # what NRF is compared with
USUAL = (*QUICK, "apgd-ce", "fab", "nrf-linf", "cw", "nrf", *VARIED)
MOST = 10_000  # images
TAKES = "seconds for each attack of ten steps and minutes for CW and NRF; stopped, it goes on where it was"


def form(view: View) -> None:
    """Choose attacks and images, and evaluate."""
    threat = threat_of(view)
    most = min(MOST, view.catalog.images[view.selection.data])
    asks = {
        "attacks": Ask(widgets=AttackChoice(QUICK if view.stored is None else USUAL, USUAL, threat)),
        "n": Ask(label="Test images", help="", width=160, least=1, most=most, step=100, usual=min(200, most)),
        "diagnosed": Ask(
            label="Also check whether the numbers can be trusted", help="", usual=True,
            read=lambda wanted: threat if wanted else None,
        ),
    }  # fmt: skip
    experiment_form(view, "attacks", asks, takes=TAKES, header=("seed",))


def sources(_: View, result: StoredResult) -> list[str]:
    """The threat model, and what was run on what."""
    summary = result.summary
    bounded = summary["bounded"]
    return [
        "white-box, true label; NRF splits the channels of the clean image with its true label",
        *([f"bounded: {bounded[0]['norm']} {radius(bounded[0]['epsilon'])}"] if bounded else []),
        f"{summary['device']}, {summary['batch_size']} images a batch",
    ]
