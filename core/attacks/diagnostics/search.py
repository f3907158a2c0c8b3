"""Checks of the attack on this network: was it long enough, did it keep what it found, does less do better?"""

from dataclasses import replace

import torch
from torch import Tensor

from core.attacks.diagnostics.diagnosis import Diagnosis, diagnosis, percent
from core.attacks.evaluation import robust_accuracy, run_attack
from core.attacks.losses import cross_entropy, margin
from core.attacks.pgd import PGD, ascend
from core.attacks.square import Square
from core.attacks.threat import ThreatModel
from core.seeding import generator
from core.types import Classifier, Images, Labels, Logits

QUERIES = 200
STEPS = 20  # of PGD at each radius: 10 miss images at large ones
LAST = 0.2  # of the steps: where the loss should have settled
FACTORS = (0.5, 1.0, 2.0)  # of epsilon


def trace(model: Classifier, attack: PGD, x: Images, y: Labels, seed: int) -> Tensor:
    """The margin of every iterate of PGD, (1 + steps, n), positive where it is misclassified."""
    seen = []

    def watched(logits: Logits) -> Tensor:
        seen.append(margin(logits.detach(), y))
        return cross_entropy(logits, y)

    start = attack.threat.random_start(x, [generator(seed, "diagnostics", row) for row in range(len(x))])
    end = ascend(attack.threat, model, watched, x, start, attack.steps, attack.step)
    with torch.no_grad():
        watched(model(end))
    return torch.stack(seen)


def still_rising(margins: Tensor) -> Diagnosis:
    """Share of the rise of the best margin that falls into the last fifth of the steps, over images; 0 if turned.

    Args:
        margins: as `trace` returns them.
    """
    best = margins.cummax(dim=0).values
    start, late, end = best[0], best[-1 - round(LAST * (len(best) - 1))], best[-1]
    rising = (end <= 0) & (end > start)
    share = ((end - late) / (end - start)).where(rising, 0).mean().item()
    return diagnosis(
        "still rising", share, 0.15,
        "The loss has settled, or the image is turned, when the attack ends.",
        f"The last fifth of the steps still brings {percent(share)} of the rise of the loss, averaged over all images, "
        "with 0 for those that are turned: the attack stops too early; give it more steps or larger ones.",
    )  # fmt: skip


def success_lost(margins: Tensor) -> Diagnosis:
    """Share of the images that some iterate turned and the last one does not.

    Args:
        margins: as `trace` returns them.
    """
    share = ((margins > 0).any(dim=0) & (margins[-1] <= 0)).float().mean().item()
    return diagnosis(
        "success lost", share, 0.02,
        f"On {percent(1 - share)} of the images the attack ends with what it found on its way.",
        f"On {percent(share)} of the images an iterate was misclassified but the last one, which PGD returns, is not; "
        "use an attack that returns the best iterate (apgd-ce), or smaller steps.",
    )  # fmt: skip


def black_box(model: Classifier, x: Images, y: Labels, white: Tensor, threat: ThreatModel, seed: int) -> Diagnosis:
    """Share of the images that an attack without gradients turns and PGD does not.

    Args:
        white: which images PGD turned, (n,) bool, whatever iterate did.
    """
    without = run_attack(model, Square(threat=threat, queries=QUERIES), x, y, seed=seed)
    share = (without.turned & ~white.cpu()).float().mean().item()
    return diagnosis(
        "black box", share, 0.03,
        f"Without gradients, square turns {percent(share)} of the images that PGD leaves right.",
        f"Without gradients, square turns {percent(share)} of the images, which PGD leaves: the gradient is masked, "
        "and accuracy under attacks that follow it is too high; report autoattack, and look for the part that "
        "masks it.",
    )  # fmt: skip


def epsilons(model: Classifier, x: Images, y: Labels, threat: ThreatModel, seed: int) -> tuple[Diagnosis, Diagnosis]:
    """Accuracy under PGD at growing radii up to half the range of a pixel: by how much it ever rises, and its end."""
    half = 0.5 if threat.norm == "linf" else 0.5 * x[0].numel() ** 0.5  # every image becomes gray within
    radii = [*(radius for f in FACTORS if (radius := f * threat.epsilon) < half), half]
    attacks = [PGD(threat=replace(threat, epsilon=radius), steps=STEPS) for radius in radii]
    found = [robust_accuracy(model, attack, x, y, seed=seed).value for attack in attacks]
    rise, end, chance = max(0.0, *_differences(found)), found[-1], 1 / _classes(model, x)
    return (
        diagnosis(
            "rises with epsilon", rise, max(0.005, 1.5 / len(x)),
            f"Accuracy under PGD rises by no more than {percent(rise)} from one radius to a larger one.",
            f"Accuracy under PGD rises by {percent(rise)} from one radius to a larger one, which holds all that the "
            "smaller one does: the attack fails at it; give it more steps, restarts or another loss.",
        ),
        diagnosis(
            "right at any radius", end, chance,
            f"At radius {half:.3g}, where every image can become gray, {percent(end)} of the images are left right.",
            f"At radius {half:.3g}, where every image can become gray, {percent(end)} of the images are still left "
            "right, more than by chance: the attack fails or the gradient is masked.",
        ),
    )  # fmt: skip


def _differences(values: list[float]) -> list[float]:
    return [later - earlier for earlier, later in zip(values, values[1:], strict=False)]


@torch.no_grad()
def _classes(model: Classifier, x: Images) -> int:
    return model(x[:1]).shape[1]
