"""What every registered attack promises: a bounded one under every norm, one that minimizes a norm under its own."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
import torch
import torch.nn.functional as F

from core.attacks import ATTACKS, FAB, Attack, ThreatModel, bounded_attacks, build_attack, epsilon_of
from core.attacks.threat import l2_norm, linf_norm
from core.config import fingerprint, from_dict, to_dict
from core.errors import InputError
from core.models import Staged
from core.seeding import generator
from core.types import Images, Labels

EPSILON = {"linf": 0.06, "l2": 0.6}
SIZE = {"linf": linf_norm, "l2": l2_norm}
CHEAP = {"steps": 20, "iterations": 3, "queries": 30}
FIRM: dict[str, Any] = {"steps": 60, "c": 5.0}  # where a norm is minimized: pixels at the ends move slowly at first
BOUNDED = [(name, norm) for name in bounded_attacks() for norm in EPSILON]
MINIMAL = [(name, "own norm") for name in ATTACKS if name not in bounded_attacks()]
Batch = tuple[Images, Labels]


@pytest.fixture
def network(network: Staged) -> Staged:
    """Without the mean logits of noise, and ten times as sure: attacks can turn it, and some return only that."""
    noise, linear = torch.rand(64, 3, 8, 8, generator=generator(2)) * 1.6 - 0.3, network.stages["classifier"].linear
    with torch.no_grad():
        linear.bias -= network(noise.clamp(0, 1)).mean(dim=0)
        linear.weight *= 10
        linear.bias *= 10
    return network


def built(name: str, norm: str) -> Attack:
    """An attack of a few steps; one that minimizes a norm has no threat model to take."""
    if norm not in EPSILON:
        return build_attack(name, ThreatModel(), **FIRM)
    return build_attack(name, ThreatModel(norm=norm, epsilon=EPSILON[norm]), **CHEAP)  # type: ignore[arg-type]


@pytest.fixture(params=BOUNDED + MINIMAL, ids="-".join)
def attack(request: pytest.FixtureRequest) -> Attack:
    return built(*request.param)


@pytest.fixture(params=BOUNDED, ids="-".join)
def bounded(request: pytest.FixtureRequest) -> Attack:
    return built(*request.param)


@pytest.fixture(params=MINIMAL, ids="-".join)
def minimal(request: pytest.FixtureRequest) -> Attack:
    return built(*request.param)


def at_epsilon(attack: Any, epsilon: float) -> Attack:
    return replace(attack, threat=replace(attack.threat, epsilon=epsilon))


def test_result_lies_in_the_range(attack: Attack, network: Staged, batch: Batch) -> None:
    x, y = batch
    x_adv = attack(network, x, y, generator=generator(0))
    assert x_adv.min() >= 0
    assert x_adv.max() <= 1
    assert x_adv.shape == x.shape
    assert x_adv.dtype == x.dtype
    assert not x_adv.requires_grad


def test_result_lies_in_the_ball(bounded: Attack, network: Staged, batch: Batch) -> None:
    x, y = batch
    x_adv = bounded(network, x, y, generator=generator(0))
    assert SIZE[bounded.threat.norm](x_adv - x).max() <= epsilon_of(bounded) + 1e-6


def test_epsilon_zero_is_the_identity(bounded: Attack, network: Staged, batch: Batch) -> None:
    x, y = batch
    assert torch.equal(at_epsilon(bounded, 0.0)(network, x, y, generator=generator(0)), x)


def test_an_image_that_is_not_fooled_comes_back_as_it_was(minimal: Attack, network: Staged, batch: Batch) -> None:
    x, y = batch
    x_adv = minimal(network, x, y, generator=generator(0))
    with torch.no_grad():
        kept = network(x_adv).argmax(dim=1) == y
    assert torch.equal(x_adv[kept], x[kept])


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
    with suppress(InputError):  # one that distills first refuses such a network
        attack(network.train(), *batch, generator=generator(0))
    assert all(module.training for module in network.modules())


def test_works_where_gradients_are_off(attack: Attack, network: Staged, batch: Batch) -> None:
    with_gradients = attack(network, *batch, generator=generator(0))
    with torch.no_grad():
        assert torch.equal(attack(network.requires_grad_(False), *batch, generator=generator(0)), with_gradients)


def test_same_seed_same_result(attack: Attack, network: Staged, batch: Batch) -> None:
    first, again = (attack(network, *batch, generator=generator(3)) for _ in range(2))
    assert torch.equal(first, again)


def test_torch_s_own_draws_go_on_as_if_nothing_was(attack: Attack, network: Staged, batch: Batch) -> None:
    before = torch.random.get_rng_state()
    attack(network, *batch, generator=generator(3))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_an_image_alone_and_among_others(attack: Attack, network: Staged, batch: Batch) -> None:
    x, y = batch
    draws = [generator(0, "image", i) for i in range(len(x))]
    together = attack(network, x, y, generator=draws)
    alone = attack(network, x[7:8], y[7:8], generator=[generator(0, "image", 7)])
    torch.testing.assert_close(together[7:8], alone, rtol=0, atol=1e-6)


def test_pixels_at_the_ends_of_the_range_move(attack: Attack, network: Staged, batch: Batch) -> None:
    x, y = batch
    x_adv = attack(network, x, y, generator=generator(0))
    changed = (x_adv != x).flatten(1).any(dim=1)  # others were not turned, and came back as they were
    assert changed.any()
    for end in (0, 1):
        moved = (x_adv - end)[changed][x[changed] == end].abs() > 1e-4
        assert moved.float().mean() > 0.2, f"pixels at {end} are stuck"


def test_schedule_is_what_is_taken(attack: Attack, network: Staged, batch: Batch) -> None:
    counted = Counted(network)
    attack(counted, *batch, generator=generator(0))  # type: ignore[arg-type]
    steps, step_size, restarts = attack.schedule
    assert counted.calls > 0
    each = 4 if isinstance(attack, FAB) else 1  # one for each class
    assert counted.gradients <= each * (steps + 1) * restarts  # one more where the last step led
    assert step_size is None or step_size > 0


class Counted:
    """A network that counts its calls, cut or whole, and the gradients that come back to the pixels."""

    training = False

    def __init__(self, network: Staged) -> None:
        self.network, self.calls, self.gradients = network, 0, 0
        self.head = network.head

    def __call__(self, x: Images) -> torch.Tensor:
        return self.network(self.counted(x))

    def features(self, x: Images, at: str | None = None) -> torch.Tensor:
        return self.network.features(self.counted(x), at)

    def counted(self, x: Images) -> Images:
        self.calls += 1
        if x.requires_grad:
            x = x.view_as(x)
            x.register_hook(self.count)
        return x

    def count(self, _: torch.Tensor) -> None:
        self.gradients += 1


@pytest.mark.parametrize("name", ["fgsm", "bim", "pgd"])
def test_a_plain_step_is_one_call(name: str, network: Staged, batch: Batch) -> None:
    counted, attack = Counted(network), built(name, "linf")
    attack(counted, *batch, generator=generator(0))  # type: ignore[arg-type]
    assert counted.calls == counted.gradients == attack.schedule.steps
    assert attack.schedule.restarts == 1


def test_it_is_a_value(attack: Any) -> None:
    twin = from_dict(type(attack), to_dict(attack))
    assert twin == attack
    assert hash(twin) == hash(attack)
    assert fingerprint(twin) == fingerprint(attack)


def test_epsilon_is_part_of_the_value(bounded: Attack) -> None:
    assert fingerprint(bounded) != fingerprint(at_epsilon(bounded, 0.5))
