import copy

import pytest
import torch
from torch import nn

from core.attacks import BIM, PGD, ThreatModel
from core.datasets import Dataset
from core.errors import InputError
from core.models import Staged
from core.seeding import generator
from core.training import DEFENSES, Adversarial, Standard, build_objective
from core.training.objective import attacked, evaluating, weakened

ATTACK = PGD(threat=ThreatModel(epsilon=0.1), steps=2)


@pytest.mark.parametrize("defense", DEFENSES)
class TestEveryDefense:
    def test_its_total_is_a_scalar_that_reaches_every_weight(self, defense: str, model: Staged, data: Dataset) -> None:
        loss = build_objective(defense, attack=ATTACK)(model.train(), data.images, data.labels, generator=generator(1))
        loss.total.backward()
        assert loss.total.shape == ()
        assert loss.total.isfinite()
        assert loss.logits.shape == (64, 4)
        assert all(p.grad is not None for p in model.parameters())
        assert all(term.numel() == 1 for term in loss.terms.values())

    def test_equal_generators_give_equal_losses(self, defense: str, model: Staged, data: Dataset) -> None:
        objective = build_objective(defense, attack=ATTACK)
        twins = (copy.deepcopy(model).train(), model.train())
        totals = [objective(twin, data.images, data.labels, generator=generator(1)).total for twin in twins]
        assert torch.equal(*totals)

    def test_five_steps_lower_the_loss(self, defense: str, model: Staged, data: Dataset) -> None:
        objective = build_objective(defense, attack=ATTACK).at_strength(0.2)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
        totals = []
        for _ in range(6):
            loss = objective(model.train(), data.images, data.labels, generator=generator(1))
            optimizer.zero_grad()
            loss.total.backward()
            optimizer.step()
            totals.append(loss.total.item())
        assert totals[5] < totals[0] - 0.02

    def test_without_strength_it_sees_the_clean_images(self, defense: str, model: Staged, data: Dataset) -> None:
        objective = build_objective(defense, attack=ATTACK).at_strength(0)
        loss = objective(model.train(), data.images, data.labels, generator=generator(1))
        torch.testing.assert_close(loss.logits, model(data.images))


@pytest.mark.parametrize("apart", [10.0, 200.0, 1e4, 1e8])
@pytest.mark.parametrize("defense", DEFENSES)
def test_the_gradient_is_finite_however_far_logits_are_apart(defense: str, apart: float, data: Dataset) -> None:
    """A probability of exactly 0, which 100 between two logits make of float32, has a logarithm without a gradient."""
    torch.manual_seed(1)  # the clean image and the attacked one are certain of different classes
    model = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 4)).train()
    nn.init.normal_(model[1].weight, std=apart)
    x, y = data.images[:16], data.labels[:16]
    loss = build_objective(defense, attack=ATTACK, start=None)(model, x, y, generator=generator(1))
    loss.logits.retain_grad()
    loss.total.backward()
    spans = loss.logits.amax(dim=1) - loss.logits.amin(dim=1)
    assert (spans > apart).all()
    assert loss.total.isfinite()
    assert loss.logits.grad is not None
    assert loss.logits.grad.isfinite().all()
    assert all(p.grad.isfinite().all() for p in model.parameters())


def test_options_reach_the_defense_that_has_them() -> None:
    assert build_objective("standard", attack=ATTACK, label_smoothing=0.1) == Standard(label_smoothing=0.1)
    assert build_objective("adv", attack=ATTACK, label_smoothing=0.1) == Adversarial(attack=ATTACK, label_smoothing=0.1)


def test_unknown_defense_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="known are .*adv.*Did you mean 'standard'"):
        build_objective("standart")


def test_the_inner_attack_leaves_statistics_gradients_and_modes_alone(model: Staged, data: Dataset) -> None:
    model.train()
    model.stages["conv1_1"].eval()
    before = {name: t.clone() for name, t in model.state_dict().items()}
    modes = [module.training for module in model.modules()]
    x_adv = attacked(model, ATTACK, data.images, data.labels, generator(1))
    assert (x_adv != data.images).any()
    assert not x_adv.requires_grad
    assert [module.training for module in model.modules()] == modes
    assert all(torch.equal(t, before[name]) for name, t in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())


def test_the_inner_attack_sees_the_network_in_eval_mode(data: Dataset) -> None:
    seen = []

    class Spy(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            seen.append(self.training)
            return x.flatten(1)[:, :4]

    attacked(Spy().train(), ATTACK, data.images, data.labels, generator(1))
    assert seen == [False, False]


def test_modes_come_back_after_an_error(model: Staged) -> None:
    model.train()
    with pytest.raises(ZeroDivisionError), evaluating(model):
        _ = 1 // 0
    assert all(module.training for module in model.modules())


def test_a_weakened_attack_scales_its_radius_and_a_step_in_pixels() -> None:
    attack = PGD(threat=ThreatModel(epsilon=0.04), steps=1, step_size=0.05)
    assert weakened(attack, 0.5) == PGD(threat=ThreatModel(epsilon=0.02), steps=1, step_size=0.025)
    assert weakened(ATTACK, 0.5).step_size is None
    assert weakened(BIM(step_size=0.01), 1.0) == BIM(step_size=0.01)
