import pytest
import torch
from torch import Tensor

from core.distillation.descent import descend


class Constant:
    """A tail whose cross-entropy has the same gradient everywhere."""

    def __init__(self, slope: float) -> None:
        self.slope = slope

    def gradient(self, sigma: Tensor, epsilon: Tensor) -> Tensor:
        return torch.full_like(sigma, self.slope)


def _descend(slope: float, variance: Tensor, beta: float, steps: int = 200, learning_rate: float = 0.1) -> Tensor:
    noise = torch.zeros(steps, 1, variance.shape[1], dtype=variance.dtype)
    weight = torch.full(variance.shape[:1], beta, dtype=variance.dtype)
    return descend(Constant(slope), variance, weight, noise, learning_rate, lambda: None).square()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_without_a_say_of_the_network_the_noise_settles_at_the_feature_variance(dtype) -> None:
    variance = torch.linspace(0.05, 3, 60, dtype=dtype).reshape(2, 30)
    noise_variance = _descend(0, variance, beta=0.3 / 30)
    torch.testing.assert_close(noise_variance, variance, rtol=1e-4, atol=0)
    assert (noise_variance <= variance.amax(1, keepdim=True) * (1 + 1e-3)).all()


def test_noise_starts_at_softplus_of_zero() -> None:
    noise_variance = _descend(1, torch.ones(1, 3), beta=0.3, steps=1, learning_rate=1e-9)
    torch.testing.assert_close(noise_variance, torch.full((1, 3), 0.480453), rtol=1e-5, atol=0)


def test_noise_stays_finite_however_far_it_is_driven() -> None:
    variance = torch.tensor([[0.0, 1e-12, 1.0]])
    for slope in (-1, 0, 1):
        for beta in (0, 0.3):
            noise_variance = _descend(slope, variance, beta, steps=300, learning_rate=5)
            assert noise_variance.isfinite().all()
            assert (noise_variance >= 0).all()
    assert (_descend(-1, variance, 0, steps=300, learning_rate=5) > 1000).all()
    assert (_descend(1, variance, 0, steps=300, learning_rate=5) < 1e-6).all()


def test_a_dead_channel_loses_its_noise() -> None:
    noise_variance = _descend(0, torch.tensor([[0.0, 1.0]]), beta=0.3 / 512)
    assert noise_variance[0, 0] < 1e-8
