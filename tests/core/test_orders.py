"""What must hold between numbers, on shipped networks: REP-3, ADV-3 and ADV-4 of the reliability table."""

from collections.abc import Iterator

import pytest
import torch

from core.attacks import FGSM, PGD, AutoAttack, ThreatModel, robust_accuracy
from core.datasets import load_dataset
from core.distillation import Bottleneck
from core.models import load_model

pytestmark = pytest.mark.slow
N, FEW, SLACK = 200, 50, 0.005  # half a point: one image of two hundred, and none of the few that AutoAttack gets


@pytest.fixture
def threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("name", ["digits-vgg16-adv", "shapes-vgg16-adv"])
def test_one_thread_or_two_split_alike(name: str) -> None:
    """REP-3: 99.5 % of the channels."""
    model, data, found = load_model(name), load_dataset(name.split("-")[0], "test"), []
    for count in (1, 2):
        torch.set_num_threads(count)
        found.append(Bottleneck()(model, data.images[:N], data.labels[:N]).robust)
    assert (found[0] == found[1]).float().mean() >= 0.995


@pytest.mark.parametrize("name", ["digits-vgg16-standard", "digits-vgg16-adv"])
def test_accuracy_never_rises_with_the_radius_and_ends_at_chance(name: str) -> None:
    """ADV-3."""
    model, data = load_model(name), load_dataset(name.split("-")[0], "test")
    x, y = data.images[:N], data.labels[:N]
    values = [
        robust_accuracy(model, PGD(threat=ThreatModel(epsilon=epsilon), steps=20), x, y).value
        for epsilon in (0.0, 0.02, 0.05, 0.1, 0.2, 0.5)
    ]
    assert values[0] == pytest.approx((model(x).argmax(dim=1) == y).float().mean().item())
    assert all(later <= earlier + SLACK for earlier, later in zip(values, values[1:], strict=False))
    assert values[-1] <= 0.1


def test_a_stronger_attack_leaves_no_more() -> None:
    """ADV-4: FGSM, ten steps, a hundred, AutoAttack."""
    model, data = load_model("digits-vgg16-standard"), load_dataset("digits", "test")
    x, y, threat = data.images[:FEW], data.labels[:FEW], ThreatModel(epsilon=data.epsilon)
    attacks = (FGSM(threat=threat), PGD(threat=threat), PGD(threat=threat, steps=100), AutoAttack(threat=threat))
    values = [robust_accuracy(model, attack, x, y).value for attack in attacks]
    assert all(later <= earlier + SLACK for earlier, later in zip(values, values[1:], strict=False)), values
