"""Adam on the noise scales."""

import torch
import torch.nn.functional as F
from torch import Tensor

from core.distillation.tails import tail_of
from core.types import Classifier, Features, Labels, OnStep

TINY = 1e-10  # the released code's guard of both variances
DECAY, DECAY_SQUARE, GUARD = 0.9, 0.999, 1e-8  # Adam's defaults


def descend(
    model: Classifier,
    z: Features,
    y: Labels,
    variance: Tensor,
    weight: Tensor,
    noise: Tensor,
    learning_rate: float,
    at: str | None,
    on_step: OnStep | None,
) -> Tensor:
    """sigma after all steps, (b, n, c) for b weights of the KL term."""
    b, n = len(weight), len(z)
    tail = tail_of(model, z.repeat(b, 1, 1, 1), y.repeat(b), at)
    variance, weight = variance.repeat(b, 1), weight.repeat_interleave(n)[:, None]
    scale = torch.zeros_like(variance)  # lambda
    mean, square = torch.zeros_like(scale), torch.zeros_like(scale)
    for t, draws in enumerate(noise, start=1):
        sigma = F.softplus(scale)
        gradient = sum((tail.gradient(sigma, epsilon) for epsilon in draws), torch.zeros_like(sigma)) / len(draws)
        gradient = (gradient + weight * kl_gradient(variance, sigma)) * torch.sigmoid(scale)
        mean.lerp_(gradient, 1 - DECAY)
        square.mul_(DECAY_SQUARE).addcmul_(gradient, gradient, value=1 - DECAY_SQUARE)
        root = (square / (1 - DECAY_SQUARE**t)).sqrt_().add_(GUARD)
        scale.addcdiv_(mean, root, value=-learning_rate / (1 - DECAY**t))
        if on_step is not None:
            on_step(t, len(noise))
    return F.softplus(scale).view(b, n, -1)


def kl_gradient(variance: Tensor, sigma: Tensor) -> Tensor:
    """d/d sigma of 1/2 [s/(sigma^2 + d) + ln((sigma^2 + d)/(s + d)) - 1], d = 1e-10."""
    guarded = sigma.square() + TINY
    return sigma / guarded * (1 - variance / guarded)
