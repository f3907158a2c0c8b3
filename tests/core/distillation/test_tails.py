import pytest
import torch
import torch.nn.functional as F
from torch import nn

from core.distillation.tails import PooledTail, TracedTail, tail_of
from core.models import build_model
from core.models.staged import Staged
from core.seeding import generator, seeded

MAPS = [(2, True), (4, True), (3, True), (8, False), (2, False)]


@pytest.mark.parametrize(("size", "max_pool"), MAPS)
def test_the_gradient_by_hand_is_the_traced_one(toy, size, max_pool) -> None:
    t = toy(size=size, max_pool=max_pool, double=True)
    by_hand, traced = tail_of([(t.model, t.z, t.y)], None), tail_of([(t.in_two_stages, t.z, t.y)], None)
    assert isinstance(by_hand, PooledTail)
    assert isinstance(traced, TracedTail)
    draws = generator(1)
    for scale in (0, 0.01, 0.7, 5):
        sigma = scale * torch.rand(4, 32, generator=draws, dtype=torch.float64)
        epsilon = torch.randn(32, generator=draws, dtype=torch.float64)
        torch.testing.assert_close(
            by_hand.gradient(sigma, epsilon), traced.gradient(sigma, epsilon), rtol=1e-12, atol=1e-14
        )


@pytest.mark.parametrize(("size", "max_pool"), MAPS[:4])
def test_the_gradient_by_hand_is_the_difference_quotient(toy, size, max_pool) -> None:
    t = toy(n=2, c=5, size=size, max_pool=max_pool, double=True)
    sigma = torch.rand(2, 5, generator=generator(1), dtype=torch.float64)
    epsilon = torch.randn(5, generator=generator(2), dtype=torch.float64)

    def loss(sigma: torch.Tensor) -> torch.Tensor:
        return F.cross_entropy(t.model(t.z + (sigma * epsilon)[:, :, None, None]), t.y, reduction="sum")

    step = 1e-6
    quotient = torch.zeros_like(sigma)
    for place in torch.cartesian_prod(torch.arange(2), torch.arange(5)):
        delta = torch.zeros_like(sigma)
        delta[tuple(place)] = step
        quotient[tuple(place)] = (loss(sigma + delta) - loss(sigma - delta)) / (2 * step)
    gradient = tail_of([(t.model, t.z, t.y)], None).gradient(sigma, epsilon)
    torch.testing.assert_close(gradient, quotient, rtol=1e-6, atol=1e-9)


def test_noise_is_one_number_for_a_whole_channel_of_an_image(toy) -> None:
    t = toy(size=4)
    seen = []

    class Watching(nn.Module):
        def forward(self, z: torch.Tensor) -> torch.Tensor:
            seen.append(z.detach() - t.z)
            return z

    model = Staged([("features", nn.Identity()), ("watch", Watching()), ("tail", t.model.tail()[0])], "features")
    sigma, epsilon = torch.rand(4, 32, generator=generator(1)), torch.randn(32, generator=generator(2))
    tail_of([(model, t.z, t.y)], None).gradient(sigma, epsilon)
    torch.testing.assert_close(seen[0], (sigma * epsilon)[:, :, None, None].expand_as(t.z))


def test_only_the_common_tail_is_taken_by_hand() -> None:
    with seeded(0):
        vgg = build_model("vgg16", num_classes=3, image_size=32, width=0.0625).eval()
        wrn = build_model("wrn28_10", num_classes=3, image_size=32, width=0.0625).eval()
    y = torch.zeros(1, dtype=torch.int64)
    for model, cut, kind in ((vgg, None, PooledTail), (wrn, None, PooledTail), (vgg, "conv5_2", TracedTail)):
        z = model.features(torch.rand(1, 3, 32, 32, generator=generator(0)), cut)
        assert type(tail_of([(model, z, y)], cut)) is kind
