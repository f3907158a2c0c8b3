import torch

from core.attacks import FGSM, ThreatModel
from core.models import Staged
from core.seeding import generator
from core.types import Images, Labels


def test_every_free_pixel_moves_by_epsilon(network: Staged, batch: tuple[Images, Labels]) -> None:
    x, y = batch
    epsilon = 0.05
    x_adv = FGSM(threat=ThreatModel(epsilon=epsilon))(network, x, y, generator=generator(0))
    free = (x > epsilon) & (x < 1 - epsilon)
    moved = (x_adv - x).abs()[free]
    torch.testing.assert_close(moved, torch.full_like(moved, epsilon))


def test_it_draws_nothing(network: Staged, batch: tuple[Images, Labels]) -> None:
    first, second = (FGSM()(network, *batch, generator=generator(seed)) for seed in (0, 1))
    assert torch.equal(first, second)
