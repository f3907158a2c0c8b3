"""No other installable library has APGD: its equations are written out here, and compared with what comes back."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from core.attacks import APGDCE, APGDDLR, APGDT, PGD, Attack, ThreatModel, robust_accuracy
from core.attacks.threat import per_image
from core.datasets import Dataset
from core.errors import InputError
from core.models import Staged
from core.seeding import generator
from core.types import Images, Labels

IMAGES = 100
THREATS = [ThreatModel(norm="linf", epsilon=0.06), ThreatModel(norm="l2", epsilon=1.5)]


def written_out(attack: APGDCE, model: nn.Module, x: Images, y: Labels) -> torch.Tensor:
    """Which images the paper's algorithm 1 leaves right, image by image."""
    return torch.tensor([stands(attack, model, x[i : i + 1], y[i : i + 1], i) for i in range(len(x))])


def stands(attack: APGDCE, model: nn.Module, x: Images, y: Labels, seed: int) -> bool:
    threat, n = attack.threat, attack.steps
    noise = torch.randn(x.shape, generator=generator(seed)) if threat.norm == "l2" else None
    noise = torch.rand(x.shape, generator=generator(seed)) * 2 - 1 if noise is None else noise
    here = before = threat.project(x + threat.epsilon * noise / per_image(threat.size(noise), x), x)
    eta, best, best_loss, risen, looked, halved = 2 * threat.epsilon, here, -torch.inf, 0, (-torch.inf, 0), True
    window, loss_before = int(0.22 * n), None
    for k in range(n):
        pixels = here.clone().requires_grad_()
        logits = model(pixels)
        if logits.argmax() != y:
            return False
        loss = F.cross_entropy(logits, y)
        direction = threat.direction(torch.autograd.grad(loss, pixels)[0])
        risen += loss_before is not None and loss.item() > loss_before
        loss_before = loss.item()
        if loss.item() > best_loss:
            best, best_loss, best_direction = here, loss.item(), direction
        if k - looked[1] == window:
            halved = risen <= attack.rho * window or (not halved and best_loss <= looked[0])
            if halved:
                eta, here, direction = eta / 2, best, best_direction
            looked, risen, window = (best_loss, k), 0, max(window - int(0.03 * n), int(0.06 * n))
        ahead = threat.project(here + eta * direction, x)
        momentum = 0.75 if k else 1.0
        here, before = threat.project(here + momentum * (ahead - here) + (1 - momentum) * (here - before), x), here
    return bool(model(here).argmax() == y)


@pytest.mark.parametrize("threat", THREATS, ids=lambda threat: threat.norm)
def test_equals_the_algorithm_written_out(threat: ThreatModel, digits: tuple[Staged, Dataset]) -> None:
    model, data = digits
    x, y = data.images[:IMAGES], data.labels[:IMAGES]
    attack = APGDCE(threat=threat, steps=34)
    x_adv = attack(model, x, y, generator=[generator(seed) for seed in range(IMAGES)])
    found, expected = model(x_adv).argmax(dim=1) == y, written_out(attack, model, x, y)
    assert 0.05 < expected.float().mean() < 0.95
    assert (found != expected).sum() <= 0.01 * IMAGES


@pytest.mark.parametrize("threat", THREATS, ids=lambda threat: threat.norm)
@pytest.mark.parametrize("kind", [APGDCE, APGDDLR, APGDT])
def test_leaves_no_more_than_pgd(kind: Any, threat: ThreatModel, digits: tuple[Staged, Dataset]) -> None:
    model, data = digits
    x, y = data.images[:IMAGES], data.labels[:IMAGES]
    ten_steps = robust_accuracy(model, PGD(threat=threat), x, y).value
    assert robust_accuracy(model, kind(threat=threat, steps=20), x, y).value <= ten_steps + 0.01


def test_what_it_turns_is_wrong_and_the_rest_comes_back(digits: tuple[Staged, Dataset]) -> None:
    model, data = digits
    x, y = data.images[:100], data.labels[:100].clone()
    y[0] = (y[0] + 1) % 10
    x_adv = APGDCE(threat=THREATS[0], steps=10)(model, x, y, generator=generator(0))
    right = model(x_adv).argmax(dim=1) == y
    assert 0 < right.sum() < 99
    assert torch.equal(x_adv[right], x[right])
    assert torch.equal(x_adv[0], x[0])  # wrong from the start


class Bright(nn.Module):
    """Class 1 where the first pixel reaches a level, without a gradient: a start decides alone, by one comparison."""

    def forward(self, x: Images) -> torch.Tensor:
        above = (x[:, 0, 0, 0] >= 0.52).to(x)
        return torch.stack([1 - above, above], dim=1) + 0 * x.flatten(1).sum(dim=1, keepdim=True)


def test_restarts_go_on_where_the_first_left_off() -> None:
    model, x, y = Bright().eval(), torch.full((IMAGES, 3, 2, 2), 0.5), torch.zeros(IMAGES, dtype=torch.long)
    once, thrice = (
        APGDCE(threat=THREATS[0], steps=1, restarts=n)(model, x, y, generator=[generator(0, i) for i in range(IMAGES)])  # type: ignore[arg-type]
        for n in (1, 3)
    )
    turned, later = ((x_adv != x).flatten(1).any(dim=1) for x_adv in (once, thrice))
    assert torch.equal(once[turned], thrice[turned])
    assert 0 < turned.sum() < later.sum() < IMAGES


@pytest.mark.parametrize(("attack", "classes"), [(APGDDLR(), 2), (APGDT(), 3)])
def test_too_few_classes_are_refused(attack: Attack, classes: int) -> None:
    model, x = linear(classes), torch.rand(2, 3, 8, 8, generator=generator(0))
    with pytest.raises(InputError, match=rf"compares {classes + 1} logits, but the network has {classes} classes"):
        attack(model, x, model(x).argmax(dim=1), generator=generator(0))  # type: ignore[arg-type]


@pytest.mark.parametrize(("attack", "classes"), [(APGDCE(steps=5), 2), (APGDDLR(steps=5), 3), (APGDT(steps=5), 4)])
def test_as_many_classes_as_it_needs_are_enough(attack: Attack, classes: int) -> None:
    model, x = linear(classes), torch.rand(2, 3, 8, 8, generator=generator(0))
    assert attack(model, x, model(x).argmax(dim=1), generator=generator(0)).shape == x.shape  # type: ignore[arg-type]


def linear(classes: int) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, classes)).eval()


def test_as_in_the_paper() -> None:
    assert APGDCE().schedule == (100, None, 1)
    assert APGDT().schedule == (100, None, 9)
    assert APGDCE().rho == 0.75


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"steps": 0}, "at least 1 step, got 0"),
        ({"restarts": 0}, "restarts must be at least 1, got 0"),
        ({"rho": 1.5}, "from 0 to 1, got 1.5"),
        ({"targets": 0}, "targets must be at least 1, got 0"),
    ],
)
def test_impossible_values_are_refused(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        APGDT(**fields)
