from typing import Any

import pytest
import torch

from core.attacks import FGSM, Square, ThreatModel, robust_accuracy
from core.datasets import Dataset
from core.errors import InputError
from core.models import Staged
from core.seeding import generator
from core.types import Images, Logits

LINF = ThreatModel(norm="linf", epsilon=0.08)


class Stepped:
    """Logits in steps: the gradient is zero almost everywhere, and the network tells when one is asked for."""

    training = False

    def __init__(self, model: Staged) -> None:
        self.model, self.calls = model, 0

    def __call__(self, x: Images) -> Logits:
        self.calls += 1
        return (self.model(x) * 10).round() / 10


def test_needs_no_gradient(digits: tuple[Staged, Dataset]) -> None:
    model, data = digits
    stepped: Any = Stepped(model)
    x, y = data.images[:40], data.labels[:40]
    clean = robust_accuracy(stepped, FGSM(threat=LINF), x, y).value
    assert clean == robust_accuracy(stepped, FGSM(threat=ThreatModel(epsilon=0.0)), x, y).value
    assert robust_accuracy(stepped, Square(threat=LINF, queries=100), x, y).value < clean - 0.1


def test_asks_for_no_gradient_and_as_often_as_it_says(digits: tuple[Staged, Dataset]) -> None:
    model, data = digits
    asked: Any = Stepped(model)

    def seen(x: Images) -> Logits:
        assert not x.requires_grad
        return Stepped.__call__(asked, x)

    attack = Square(threat=ThreatModel(epsilon=0.001), queries=20)
    x_adv = attack(seen, data.images[:3], data.labels[:3], generator=generator(0))  # type: ignore[arg-type]
    assert torch.equal(x_adv, data.images[:3])
    assert attack.schedule == (20, None, 1)
    assert asked.calls == 20 + 3  # clean, its start, and the result


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_an_image_meets_the_same_squares_in_every_batch(digits: tuple[Staged, Dataset], norm: Any) -> None:
    model, data = digits
    attack = Square(threat=ThreatModel(norm=norm, epsilon=0.08 if norm == "linf" else 2.0), queries=40, restarts=2)
    x, y = data.images[:30], data.labels[:30]
    together = attack(model, x, y, generator=[generator(0, i) for i in range(30)])
    assert (together != x).any()
    for i in range(0, 30, 7):
        alone = attack(model, x[i : i + 1], y[i : i + 1], generator=[generator(0, i)])
        torch.testing.assert_close(alone, together[i : i + 1], rtol=0, atol=1e-5)


def test_a_seed_decides_the_start(digits: tuple[Staged, Dataset]) -> None:
    model, data = digits
    x, y = data.images[:20], data.labels[:20]
    first, second = (Square(threat=LINF, queries=20)(model, x, y, generator=generator(seed)) for seed in (0, 1))
    assert not torch.equal(first, second)


@pytest.mark.parametrize("fields", [{"queries": 0}, {"restarts": 0}, {"first_square": 0.0}, {"first_square": 1.1}])
def test_impossible_values_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Square(**fields)
