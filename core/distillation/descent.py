"""Adam on the noise scales, in place: what a plain loop allocates in every step is kept here, and nothing is traced."""

import math
from collections.abc import Callable, Iterable

import torch
import torch.nn.functional as F
from torch import Tensor

from core.distillation.tails import Tail

TINY = 1e-10  # the released code's guard of both variances
DECAY, DECAY_SQUARE, GUARD = 0.9, 0.999, 1e-8  # Adam's defaults
HIGHEST = 80 / math.log(2)  # keeps e^lambda finite in single precision; sigma = 80 drowns any feature


def descend(
    tail: Tail,
    variance: Tensor,
    weight: Tensor,
    noise: Iterable[Tensor],
    learning_rate: float,
    tick: Callable[[], None],
) -> Tensor:
    """sigma = softplus(lambda), (n, c), after Adam on CE + weight * sum_k KL_k, from lambda = 0.

    lambda is kept in units of ln 2, as exp2 takes a third of the time of exp; Adam's steps do not care.

    Args:
        tail: gives the gradient of the cross-entropy.
        variance: s_k of each channel, (n, c).
        weight: of the KL summed over channels, image by image, (n,).
        noise: epsilon of each step, (draws, c) for all rows, or (draws, n, c).
        learning_rate: of Adam, on lambda.
        tick: called after every step.
    """
    weight = weight[:, None].expand_as(variance).contiguous()
    weighted_variance = weight * variance
    exponent, mean, square = (torch.zeros_like(variance) for _ in range(3))
    sigma, slope, work, pull = (torch.empty_like(variance) for _ in range(4))
    tiny = variance.new_tensor(TINY)
    for t, draws in enumerate(noise, start=1):
        torch.exp2(exponent, out=slope)  # e^lambda
        torch.add(slope, 1, out=work)
        torch.log(work, out=sigma)  # softplus(lambda)
        slope.div_(work)  # d sigma / d lambda = sigmoid(lambda)
        gradient = _mean_gradient(tail, sigma, draws)
        torch.addcmul(tiny, sigma, sigma, out=work)
        torch.addcdiv(weight, weighted_variance, work, value=-1, out=pull)
        gradient.addcmul_(pull, sigma.div_(work)).mul_(slope)  # + weight * sigma / v * (1 - s / v), v = sigma^2 + tiny
        mean.lerp_(gradient, 1 - DECAY)
        square.mul_(DECAY_SQUARE).addcmul_(gradient, gradient, value=1 - DECAY_SQUARE)
        unbias = math.sqrt(1 - DECAY_SQUARE**t)
        torch.sqrt(square, out=work).add_(GUARD * unbias)
        exponent.addcdiv_(mean, work, value=-learning_rate / math.log(2) * unbias / (1 - DECAY**t)).clamp_max_(HIGHEST)
        tick()
    return F.softplus(exponent * math.log(2))


def _mean_gradient(tail: Tail, sigma: Tensor, draws: Tensor) -> Tensor:
    gradient = tail.gradient(sigma, draws[0])
    if len(draws) == 1:
        return gradient
    gradient = gradient.clone()
    for epsilon in draws[1:]:
        gradient += tail.gradient(sigma, epsilon)
    return gradient.div_(len(draws))
