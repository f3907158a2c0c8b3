import copy

import torch

from core.attacks import PGD, ThreatModel
from core.datasets import Dataset
from core.models import Staged
from core.seeding import generator
from core.training import Adversarial


def test_it_is_cross_entropy_on_what_the_attack_finds(model: Staged, data: Dataset) -> None:
    """Single-step attack written out: uniform start in the ball, one step of 1.25 epsilon, back into ball and range."""
    twin, epsilon = copy.deepcopy(model), 0.03
    attack = PGD(threat=ThreatModel(epsilon=epsilon), steps=1, step_size=1.25 * epsilon)
    loss = Adversarial(attack=attack)(model.train(), data.images, data.labels, generator=generator(3))

    x, twin = data.images, twin.eval()
    start = (x + epsilon * (2 * torch.rand(x.shape, generator=generator(3)) - 1)).clamp(0, 1).requires_grad_(True)
    gradient = torch.autograd.grad(torch.nn.functional.cross_entropy(twin(start), data.labels), start)[0]
    x_adv = (start + 1.25 * epsilon * gradient.sign()).detach()
    x_adv = torch.minimum(torch.maximum(x_adv, x - epsilon), x + epsilon).clamp(0, 1)
    logits = twin.train()(x_adv).double()
    expected = -logits.log_softmax(dim=1)[torch.arange(64), data.labels].mean()
    torch.testing.assert_close(loss.total.double(), expected, atol=1e-4, rtol=0)


def test_its_images_are_harder_than_the_clean_ones(model: Staged, data: Dataset) -> None:
    objective = Adversarial(attack=PGD(threat=ThreatModel(epsilon=0.2), steps=3))
    model.train()
    losses = [objective.at_strength(s)(model, data.images, data.labels, generator=generator(0)).total for s in (0, 1)]
    assert losses[1] > losses[0]
