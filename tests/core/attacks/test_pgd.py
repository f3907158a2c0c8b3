import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from core.attacks import BIM, FGSM, PGD, Attack, ThreatModel
from core.errors import InputError
from core.seeding import generator

THREATS = [ThreatModel(norm="linf", epsilon=0.1), ThreatModel(norm="l2", epsilon=0.4)]
Pixels = list[float]


class Linear(nn.Module):
    """Softmax regression on the pixels, in float64; its gradient is known: W^T (softmax(W x + b) - onehot(y))."""

    def __init__(self, num_classes: int, pixels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(num_classes, pixels, generator=generator(5), dtype=torch.float64))
        self.bias = nn.Parameter(torch.randn(num_classes, generator=generator(6), dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1) @ self.weight.T + self.bias

    def gradient(self, x: Pixels, label: int) -> Pixels:
        rows = self.weight.tolist()
        logits = [
            sum(w * p for w, p in zip(row, x, strict=True)) + b for row, b in zip(rows, self.bias.tolist(), strict=True)
        ]
        total = sum(math.exp(logit) for logit in logits)
        error = [math.exp(logit) / total - (j == label) for j, logit in enumerate(logits)]
        return [sum(e * row[i] for e, row in zip(error, rows, strict=True)) for i in range(len(x))]


def slowly(model: Linear, attack: Attack, x: Pixels, label: int, start: Pixels) -> Pixels:
    """x_adv <- project(x_adv + step_size * direction(gradient)), one image and one pixel at a time."""
    x_adv = start
    for _ in range(attack.schedule.steps):
        step = direction(model.gradient(x_adv, label), attack.threat.norm)
        moved = [a + attack.schedule.step_size * s for a, s in zip(x_adv, step, strict=True)]
        x_adv = project(moved, x, attack.threat)
    return x_adv


def direction(gradient: Pixels, norm: str) -> Pixels:
    if norm == "linf":
        return [math.copysign(1.0, g) for g in gradient]
    length = math.sqrt(sum(g * g for g in gradient))
    return [g / length for g in gradient]


def project(x_adv: Pixels, x: Pixels, threat: ThreatModel) -> Pixels:
    if threat.norm == "linf":
        clipped = [min(max(a, p - threat.epsilon), p + threat.epsilon) for a, p in zip(x_adv, x, strict=True)]
        return [min(max(a, 0.0), 1.0) for a in clipped]
    delta = [min(max(a, 0.0), 1.0) - p for a, p in zip(x_adv, x, strict=True)]
    length = math.sqrt(sum(d * d for d in delta))
    return [p + d * min(1.0, threat.epsilon / length) for p, d in zip(x, delta, strict=True)]


@pytest.mark.parametrize("threat", THREATS, ids=lambda threat: threat.norm)
@pytest.mark.parametrize("kind", [FGSM(), BIM(step_size=0.02), PGD(steps=7), PGD(random_start=False)], ids=repr)
def test_equals_the_equations_written_out(kind: PGD, threat: ThreatModel) -> None:
    attack = replace(kind, threat=threat)
    model, x = Linear(4, 27), torch.rand(5, 3, 3, 3, generator=generator(2), dtype=torch.float64)
    y = torch.tensor([0, 1, 2, 3, 0])
    starts = x
    if getattr(attack, "random_start", False):
        starts = threat.random_start(x, generator(3))
        assert not torch.equal(starts, x)
    expected = [
        slowly(model, attack, image.flatten().tolist(), int(label), start.flatten().tolist())
        for image, label, start in zip(x, y, starts, strict=True)
    ]
    found = attack(model, x, y, generator=generator(3))  # type: ignore[arg-type]
    torch.testing.assert_close(found.flatten(1), torch.tensor(expected, dtype=torch.float64), rtol=0, atol=1e-12)


def test_paper_defaults() -> None:
    assert PGD().schedule[:2] == pytest.approx((10, 0.0069))
    assert PGD().threat == ThreatModel(norm="linf", epsilon=0.03)
    assert PGD(steps=40).schedule.step_size * 40 == pytest.approx(2.3 * 0.03)


def test_a_step_size_of_zero_is_a_value() -> None:
    assert PGD(step_size=0.0).schedule.step_size == 0


@pytest.mark.parametrize(("steps", "step_size"), [(0, None), (-3, None), (5, -0.1), (5, math.nan)])
def test_impossible_schedules_are_refused(steps: int, step_size: float | None) -> None:
    with pytest.raises(InputError, match="at least"):
        PGD(steps=steps, step_size=step_size)
