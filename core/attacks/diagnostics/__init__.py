"""Can an accuracy under attack be believed? Checks of the network, of its gradient and of the attack on it.

In the spirit of the flags of AutoAttack (Croce & Hein 2020, arXiv:2003.01690) and of "Indicators of Attack Failure"
(Pintor et al. 2022, arXiv:2106.09947). A flag is a reason to look closer; no flag is no proof of robustness.
"""

from core.attacks.diagnostics.diagnosis import Diagnosis
from core.attacks.diagnostics.gradients import flat_output, wrong_gradient, zero_gradient
from core.attacks.diagnostics.output import probabilities, random_output, training_mode
from core.attacks.diagnostics.search import black_box, epsilons, still_rising, success_lost, trace
from core.attacks.evaluation import classified
from core.attacks.pgd import PGD
from core.attacks.threat import ThreatModel
from core.errors import InputError
from core.types import Classifier, Images, Labels, OnStep

STEPS = 40  # of the PGD that is looked at
CHECKS = (
    "training mode",
    "random output",
    "probabilities",
    "zero gradient",
    "flat output",
    "wrong gradient",
    "still rising",
    "success lost",
    "black box",
    "rises with epsilon",
    "right at any radius",
)


def diagnose(
    model: Classifier, x: Images, y: Labels, threat: ThreatModel, *, seed: int = 0, on_step: OnStep | None = None
) -> tuple[Diagnosis, ...]:
    """Every check of `CHECKS`, in that order; only the first where the network is in training mode.

    The network's answers are checked on all images, gradients and attacks on those it classifies correctly.

    Args:
        model: on the device of `x`.
        x: some dozens of images, (n, c, h, w), in one batch.
        y: their true labels, (n,).
        threat: under which the network is evaluated.
        seed: of every draw.
        on_step: called as `on_step(done, total)` with checks.
    Raises:
        InputError: no image is classified correctly.
    """
    found: list[Diagnosis] = []

    def add(*checks: Diagnosis) -> None:
        found.extend(checks)
        if on_step:
            on_step(len(found), len(CHECKS))

    add(training_mode(model))
    if found[0].flagged:
        return tuple(found)
    add(random_output(model, x))
    add(probabilities(model, x))
    right = classified(model, x, y)
    if not right.any():
        raise InputError(f"None of {len(x)} images is classified correctly, so no attack can be judged; give others.")
    x, y = x[right], y[right]
    add(zero_gradient(model, x, y))
    add(flat_output(model, x, seed))
    add(wrong_gradient(model, x, y, seed))
    margins = trace(model, PGD(threat=threat, steps=STEPS), x, y, seed)
    add(still_rising(margins))
    add(success_lost(margins))
    add(black_box(model, x, y, (margins > 0).any(dim=0), threat, seed))
    add(*epsilons(model, x, y, threat, seed))
    return tuple(found)


__all__ = ["CHECKS", "Diagnosis", "diagnose"]
