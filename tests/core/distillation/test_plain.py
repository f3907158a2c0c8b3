import torch
from torch.distributions import Normal
from torch.distributions import kl_divergence as library_kl

from core.distillation import Bottleneck
from core.distillation.plain import kl_divergence, plain_noise_variance
from core.seeding import generator


def test_kl_is_that_of_two_gaussians_with_equal_means() -> None:
    s = torch.logspace(-3, 1, 30, dtype=torch.float64)[:, None]
    v = torch.logspace(-3, 1, 31, dtype=torch.float64)
    zero = torch.zeros((), dtype=torch.float64)
    torch.testing.assert_close(
        kl_divergence(s, v), library_kl(Normal(zero, s.sqrt()), Normal(zero, v.sqrt())), rtol=1e-6, atol=1e-6
    )


def test_kl_is_least_where_the_variances_agree() -> None:
    v = torch.linspace(0.001, 10, 10_000, dtype=torch.float64)
    for s in (0.01, 0.5, 3.0):
        kl = kl_divergence(torch.tensor(s, dtype=torch.float64), v)
        assert kl.min() > -1e-6
        assert abs(v[kl.argmin()] - s) < 1e-3
        assert (kl_divergence(torch.tensor(s), torch.tensor([2 * s, s / 2])) > 0.05).all()


def test_without_a_given_sequence_every_image_has_noise_of_its_own(toy) -> None:
    t = toy(n=1)
    z, y, b = t.z.expand(2, -1, -1, -1), t.y.expand(2), Bottleneck(steps=3)
    fresh = plain_noise_variance(t.model, z, y, b, generator=generator(0))
    shared = plain_noise_variance(t.model, z, y, b, noise=b.noise(32))
    assert not torch.equal(fresh[0], fresh[1])
    torch.testing.assert_close(shared[0], shared[1])
