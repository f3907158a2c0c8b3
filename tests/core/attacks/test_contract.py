"""What every registered attack promises, under every norm."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F

from core.attacks import ATTACKS, Attack, ThreatModel
from core.attacks.threat import l2_norm, linf_norm
from core.config import fingerprint, from_dict, to_dict
from core.models import Staged
from core.seeding import generator
from core.types import Images, Labels

EPSILON = {"linf": 0.06, "l2": 0.6}
SIZE = {"linf": linf_norm, "l2": l2_norm}
Batch = tuple[Images, Labels]


@pytest.fixture(params=[(name, norm) for name in ATTACKS for norm in EPSILON], ids="-".join)
def attack(request: pytest.FixtureRequest) -> Attack:
    name, norm = request.param
    return ATTACKS[name](threat=ThreatModel(norm=norm, epsilon=EPSILON[norm]))


def at_epsilon(attack: Any, epsilon: float) -> Attack:
    return type(attack)(threat=ThreatModel(norm=attack.threat.norm, epsilon=epsilon))


def test_result_lies_in_the_ball_and_in_the_range(attack: Attack, network: Staged, batch: Batch) -> None:
    x, y = batch
    x_adv = attack(network, x, y, generator=generator(0))
    assert SIZE[attack.threat.norm](x_adv - x).max() <= attack.threat.epsilon + 1e-6
    assert x_adv.min() >= 0
    assert x_adv.max() <= 1
    assert x_adv.shape == x.shape
    assert x_adv.dtype == x.dtype
    assert not x_adv.requires_grad


def test_epsilon_zero_is_the_identity(attack: Attack, network: Staged, batch: Batch) -> None:
    x, y = batch
    assert torch.equal(at_epsilon(attack, 0.0)(network, x, y, generator=generator(0)), x)


def test_loss_rises(attack: Attack, network: Staged, batch: Batch) -> None:
    x, y = batch
    x_adv = attack(network, x, y, generator=generator(0))
    with torch.no_grad():
        assert F.cross_entropy(network(x_adv), y) > F.cross_entropy(network(x), y) + 1e-3


def test_network_and_images_stay_as_they_are(attack: Attack, network: Staged, batch: Batch) -> None:
    x, y = batch
    state, image = {name: t.clone() for name, t in network.state_dict().items()}, x.clone()
    attack(network, x, y, generator=generator(0))
    assert not any(module.training for module in network.modules())
    assert all(torch.equal(t, state[name]) for name, t in network.state_dict().items())
    assert all(p.grad is None and p.requires_grad for p in network.parameters())
    assert torch.equal(x, image)
    assert x.grad is None


def test_training_mode_stays_too(attack: Attack, network: Staged, batch: Batch) -> None:
    attack(network.train(), *batch, generator=generator(0))
    assert all(module.training for module in network.modules())


def test_works_where_gradients_are_off(attack: Attack, network: Staged, batch: Batch) -> None:
    with_gradients = attack(network, *batch, generator=generator(0))
    with torch.no_grad():
        assert torch.equal(attack(network.requires_grad_(False), *batch, generator=generator(0)), with_gradients)


def test_same_seed_same_result(attack: Attack, network: Staged, batch: Batch) -> None:
    first, again = (attack(network, *batch, generator=generator(3)) for _ in range(2))
    assert torch.equal(first, again)


def test_an_image_alone_and_among_others(attack: Attack, network: Staged, batch: Batch) -> None:
    x, y = batch
    draws = [generator(0, "image", i) for i in range(len(x))]
    together = attack(network, x, y, generator=draws)
    alone = attack(network, x[7:8], y[7:8], generator=[generator(0, "image", 7)])
    torch.testing.assert_close(together[7:8], alone, rtol=0, atol=1e-6)


def test_pixels_at_the_ends_of_the_range_move(attack: Attack, network: Staged, batch: Batch) -> None:
    x, y = batch
    x_adv = attack(network, x, y, generator=generator(0))
    for end in (0, 1):
        at_end = x == end
        moved = (x_adv[at_end] - end).abs() > 1e-4
        assert moved.float().mean() > 0.2, f"pixels at {end} are stuck"


def test_schedule_is_what_is_taken(attack: Attack, network: Staged, batch: Batch) -> None:
    calls = 0

    class Counted:
        training = False

        def __call__(self, x: Images) -> torch.Tensor:
            nonlocal calls
            calls += 1
            return network(x)

    attack(Counted(), *batch, generator=generator(0))  # type: ignore[arg-type]
    assert calls == attack.schedule.steps
    assert 0 < attack.schedule.step_size <= attack.threat.epsilon


def test_it_is_a_value(attack: Any) -> None:
    twin = from_dict(type(attack), to_dict(attack))
    assert twin == attack
    assert hash(twin) == hash(attack)
    assert fingerprint(twin) == fingerprint(attack) != fingerprint(at_epsilon(attack, 0.5))
