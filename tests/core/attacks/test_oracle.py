"""ADV-6: robust accuracy within one point of an independent library's, equal parameters, 500 images."""

import warnings
from typing import Any

import pytest
import torch

from core.attacks import BIM, FGSM, PGD, Attack, ThreatModel, robust_accuracy
from core.datasets import Dataset
from core.models import Staged

IMAGES = 500
LINF, L2 = ThreatModel(norm="linf", epsilon=0.06), ThreatModel(norm="l2", epsilon=1.5)


def oracle(attack: Attack) -> Any:
    """foolbox's attack of the same kind, norm and schedule."""
    import foolbox.attacks as fa

    steps = {"abs_stepsize": attack.schedule.step_size, "steps": attack.schedule.steps}
    kinds: dict[tuple[type, str], Any] = {
        (FGSM, "linf"): lambda: fa.LinfFastGradientAttack(random_start=False),
        (FGSM, "l2"): lambda: fa.L2FastGradientAttack(random_start=False),
        (BIM, "linf"): lambda: fa.LinfBasicIterativeAttack(**steps, random_start=False),
        (BIM, "l2"): lambda: fa.L2BasicIterativeAttack(**steps, random_start=False),
        (PGD, "linf"): lambda: fa.LinfPGD(**steps, random_start=True),
        (PGD, "l2"): lambda: fa.L2PGD(**steps, random_start=True),
    }
    return kinds[type(attack), attack.threat.norm]()


@pytest.mark.parametrize(
    "attack",
    [
        FGSM(threat=LINF),
        BIM(threat=LINF),
        PGD(threat=LINF),
        FGSM(threat=L2),
        BIM(threat=L2, steps=10, step_size=0.3),
        PGD(threat=L2, steps=30),  # foolbox clips after projecting and so keeps less of the radius at first
    ],
    ids=lambda attack: f"{type(attack).__name__}-{attack.threat.norm}",
)
def test_equals_foolbox(attack: Attack, digits: tuple[Staged, Dataset]) -> None:
    model, data = digits
    x, y = data.images[:IMAGES], data.labels[:IMAGES]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its imports use what its dependencies deprecate
        import foolbox

        theirs = foolbox.PyTorchModel(model, bounds=(0, 1), device="cpu")
        _, x_adv, _ = oracle(attack)(theirs, x, y, epsilons=attack.threat.epsilon)
    with torch.no_grad():
        expected = (model(x_adv).argmax(dim=1) == y).float().mean().item()
    found = robust_accuracy(model, attack, x, y).value
    assert len(x) == IMAGES
    assert 0.05 < expected < 0.95, "an attack that turns nothing or everything compares nothing"
    assert found == pytest.approx(expected, abs=0.01)
