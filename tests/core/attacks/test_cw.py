import math
import warnings
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.attacks import CW, run_attack
from core.attacks.threat import l2_norm
from core.datasets import Dataset
from core.errors import InputError
from core.models import Staged
from core.seeding import generator
from core.types import Images, Labels

Pixels = list[float]


class Linear(nn.Module):
    """Logits linear in the pixels, float64."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(3, 12, generator=generator(5), dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1) @ self.weight.T


def slowly(rows: list[Pixels], attack: CW, x: Pixels, y: int) -> Pixels:
    """One image, one pixel at a time: Adam on w, the gradient by the chain rule, the closest fooled image kept."""
    w = [math.atanh(min(max(2 * p - 1, -(1 - 1e-6)), 1 - 1e-6)) for p in x]
    mean, square, best, closest = [0.0] * len(x), [0.0] * len(x), x, math.inf
    for t in range(1, attack.steps + 1):
        x_adv = [(math.tanh(v) + 1) / 2 for v in w]
        logits = [sum(a * p for a, p in zip(row, x_adv, strict=True)) for row in rows]
        other = max((logit, j) for j, logit in enumerate(logits) if j != y)[1]
        distance = sum((a - p) ** 2 for a, p in zip(x_adv, x, strict=True))
        if logits[other] > logits[y] and distance < closest:
            best, closest = x_adv, distance
        pushed = attack.c if logits[y] - logits[other] > -attack.kappa else 0.0
        for i, (a, p) in enumerate(zip(x_adv, x, strict=True)):
            slope = (1 - math.tanh(w[i]) ** 2) / 2
            gradient = (2 * (a - p) + pushed * (rows[y][i] - rows[other][i])) * slope
            mean[i] = 0.9 * mean[i] + 0.1 * gradient
            square[i] = 0.999 * square[i] + 0.001 * gradient**2
            step = mean[i] / (1 - 0.9**t) / (math.sqrt(square[i] / (1 - 0.999**t)) + 1e-8)
            w[i] -= attack.learning_rate * step
    return best


@pytest.mark.parametrize("attack", [CW(c=0.5, steps=30), CW(c=0.1, kappa=1.5, steps=30)], ids=["c", "kappa"])
def test_equals_the_equation_written_out(attack: CW) -> None:
    model, x = Linear(), torch.rand(6, 3, 2, 2, generator=generator(2), dtype=torch.float64)
    x[0, 0, 0] = torch.tensor([0.0, 1.0])
    y = model(x).argmax(dim=1)
    expected = [
        slowly(model.weight.tolist(), attack, image.flatten().tolist(), int(label))
        for image, label in zip(x, y, strict=True)
    ]
    found = attack(model, x, y, generator=generator(0))  # type: ignore[arg-type]
    assert (l2_norm(found - x) > 0).sum() >= 3
    torch.testing.assert_close(found.flatten(1), torch.tensor(expected, dtype=torch.float64), rtol=0, atol=1e-9)


@pytest.fixture
def some(digits: tuple[Staged, Dataset]) -> tuple[Staged, Images, Labels]:
    """Thirty digits; every tenth has a wrong label."""
    model, data = digits
    y = data.labels[:30].clone()
    y[::10] = (y[::10] + 1) % 10
    return model, data.images[:30], y


def test_what_comes_back_is_misclassified_or_the_image_itself(some: tuple[Staged, Images, Labels]) -> None:
    model, x, y = some
    x_adv = CW(c=1.0, steps=40)(model, x, y, generator=generator(0))
    correct, clean = model(x_adv).argmax(dim=1) == y, model(x).argmax(dim=1) == y
    assert torch.equal(x_adv[correct], x[correct])
    assert not (correct & ~clean).any(), "no attack repairs a prediction"
    assert 0 < correct.sum() < clean.sum()
    torch.testing.assert_close(x_adv[~clean], x[~clean], rtol=0, atol=1e-6)


def test_a_larger_c_turns_no_fewer(some: tuple[Staged, Images, Labels]) -> None:
    model, x, y = some
    turned = [int(run_attack(model, CW(c=c, steps=40), x, y).turned.sum()) for c in (0.03, 0.3, 3.0, 30.0)]
    assert turned == sorted(turned)
    assert turned[0] < turned[-1]


def test_pixels_at_the_ends_of_the_range_stay_only_as_released(some: tuple[Staged, Images, Labels]) -> None:
    model, x = some[0], some[1].round()
    y, attack = model(x).argmax(dim=1), CW(c=30.0, steps=80)
    x_adv = attack(model, x, y, generator=generator(0))
    fooled = model(x_adv).argmax(dim=1) != y
    assert fooled.float().mean() > 0.5
    assert (x_adv - x)[fooled].abs().flatten(1).amax(dim=1).min() > 0.01
    assert torch.equal(replace(attack, boundary="released")(model, x, y, generator=generator(0)), x)


@pytest.mark.parametrize("stop", ["none", "image"])
def test_an_image_does_not_depend_on_its_batch(stop: Any, some: tuple[Staged, Images, Labels]) -> None:
    model, x, y = some
    attack = CW(c=1.0, steps=20, stop=stop, check_every=5)
    together = attack(model, x, y, generator=generator(0))
    halves = [attack(model, *half, generator=generator(0)) for half in zip(x.split(7), y.split(7), strict=True)]
    torch.testing.assert_close(torch.cat(halves), together, rtol=0, atol=1e-5)


def test_a_batch_stops_as_one_where_its_objective_has_grown(some: tuple[Staged, Images, Labels]) -> None:
    model, x, y = some
    seen = list[float]()

    class Watched(CW):
        def _pressure(self, model: Any, y: Labels, c: Tensor, x_adv: Images) -> tuple[Tensor, Tensor]:
            logits, pushed = super()._pressure(model, y, c, x_adv)
            seen.append((pushed.sum() + (x_adv - x).square().sum()).item())
            return logits, pushed

    attack = Watched(c=0.1, steps=20, check_every=2)
    freely = attack(model, x, y, generator=generator(0))
    grew = next(step for step in range(2, 20, 2) if seen[step] > seen[step - 2])
    stopped = replace(attack, stop="batch")(model, x, y, generator=generator(0))
    assert len(seen) == 20 + grew + 1
    assert torch.equal(stopped, replace(attack, steps=grew + 1)(model, x, y, generator=generator(0)))
    assert not torch.equal(stopped, freely)


def test_searching_for_c_turns_more_and_comes_closer(some: tuple[Staged, Images, Labels]) -> None:
    model, x, y = some
    plain = run_attack(model, CW(c=1.0, steps=40), x, y)
    searched = run_attack(model, CW(c=1.0, steps=40, search_steps=3), x, y)
    assert searched.attack.schedule.restarts == 4
    assert (searched.turned >= plain.turned).all()
    assert searched.turned.sum() > plain.turned.sum()
    assert (searched.l2[plain.turned] <= plain.l2[plain.turned]).all()
    assert searched.l2[plain.turned].mean() < plain.l2[plain.turned].mean()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"c": -1.0}, "c must be"),
        ({"c": math.nan}, "c must be"),
        ({"steps": 0}, "steps must be"),
        ({"check_every": 0}, "check_every must be"),
        ({"learning_rate": 0.0}, "above 0"),
        ({"kappa": -0.1}, "Kappa"),
        ({"search_steps": -1}, "search_steps"),
        ({"c": 0.0, "search_steps": 1}, "cannot begin at 0"),
        ({"boundary": "fixed"}, "known are movable, released"),
        ({"stop": "early"}, "known are none, image, batch"),
    ],
)
def test_values_outside_their_range_are_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        CW(**given)


def test_equals_foolbox(digits: tuple[Staged, Dataset]) -> None:
    """ADV-6: accuracy within one point of an independent library's, and perturbations of the same size."""
    model, data = digits
    x, y, attack = data.images[:200], data.labels[:200], CW(c=1.0, steps=60)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its imports use what its dependencies deprecate
        import foolbox

        theirs = foolbox.attacks.L2CarliniWagnerAttack(
            binary_search_steps=1,
            steps=attack.steps,
            stepsize=attack.learning_rate,
            initial_const=attack.c,
            abort_early=False,
        )
        x_adv = theirs.run(foolbox.PyTorchModel(model, bounds=(0, 1), device="cpu"), x, y)
    turned = x_adv.flatten(1).any(dim=1) & (model(x).argmax(dim=1) == y)  # a black image where it found nothing
    ours = run_attack(model, attack, x, y)
    assert 0.2 < turned.float().mean() < 0.95, "an attack that turns nothing or everything compares nothing"
    assert ours.turned.float().mean().item() == pytest.approx(turned.float().mean().item(), abs=0.01)
    both = turned & ours.turned
    torch.testing.assert_close(ours.l2[both], l2_norm(x_adv - x)[both], rtol=0.02, atol=0)
