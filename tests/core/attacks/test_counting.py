from functools import partial

import pytest
import torch

from core.attacks import CW, NRF, PGD, Attack, NRFExact, NRFLinf, run_attack
from core.attacks.counting import Counted, Passes
from core.attacks.losses import cross_entropy, input_gradient
from core.datasets import Dataset
from core.distillation import Bottleneck
from core.models import Staged
from core.seeding import generator
from core.types import Images, Labels

Batch = tuple[Images, Labels]


def test_every_pass_counts_its_images(network: Staged, batch: Batch) -> None:
    x, y = batch
    counted = Counted(network)
    with torch.no_grad():
        assert torch.equal(counted(x), network(x))
    assert counted.passes == Passes(forwards=12)
    gradient = input_gradient(counted, x[:5], partial(cross_entropy, y=y[:5]))
    assert torch.equal(gradient, input_gradient(network, x[:5], partial(cross_entropy, y=y[:5])))
    assert counted.passes == Passes(forwards=17, gradients=5)


def test_both_sides_of_the_cut_count(network: Staged, batch: Batch) -> None:
    x = batch[0][:3].clone().requires_grad_(True)
    counted = Counted(network)
    z = counted.features(x)
    logits = counted.head(z)
    assert counted.passes == Passes(forwards=3, head_forwards=3)
    (gradient,) = torch.autograd.grad(logits.sum(), z, create_graph=True)
    assert counted.passes == Passes(forwards=3, head_forwards=3, head_gradients=3)
    gradient.detach()
    z.sum().backward()
    assert counted.passes == Passes(forwards=3, gradients=3, head_forwards=3, head_gradients=3)


def test_each_backward_pass_of_one_forward_counts(network: Staged, batch: Batch) -> None:
    x = batch[0].clone().requires_grad_(True)
    counted = Counted(network)
    logits = counted(x)
    for label in range(4):
        torch.autograd.grad(logits[:, label].sum(), x, retain_graph=True)
    assert counted.passes == Passes(forwards=12, gradients=48)


def test_it_answers_as_the_network_does(network: Staged) -> None:
    counted = Counted(network)
    assert (counted.cuts, counted.default_cut, counted.training) == (network.cuts, network.default_cut, False)
    assert counted.tail("conv") == network.tail("conv")
    with pytest.raises(AttributeError, match="no_such"):
        counted.no_such  # noqa: B018


@pytest.mark.parametrize(
    "attack",
    [PGD(steps=3), CW(steps=3), NRF(steps=3), NRFExact(steps=3), NRFLinf(steps=3)],
    ids=lambda attack: type(attack).__name__,
)
def test_an_attack_takes_what_its_schedule_says(digits: tuple[Staged, Dataset], attack: Attack) -> None:
    model, data = digits
    outcome = run_attack(model, attack, data.images[:9], data.labels[:9], batch_size=4)
    assert outcome.passes.gradients == 3 * int(outcome.clean.sum())
    extra = int(outcome.clean.sum()) if hasattr(attack, "bottleneck") else 0
    assert outcome.passes.forwards == outcome.passes.gradients + extra


def test_counting_changes_no_result(network: Staged, batch: Batch) -> None:
    attack = NRF(steps=4, bottleneck=Bottleneck(steps=5))
    first, again = (attack(model, *batch, generator=generator(0)) for model in (network, Counted(network)))
    assert torch.equal(first, again)
