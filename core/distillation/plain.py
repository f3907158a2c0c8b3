"""The distiller as written down from the paper, with autograd and torch's Adam: the yardstick of bench and tests."""

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from core.distillation.bottleneck import Bottleneck
from core.types import Classifier, Features, Labels


def plain_noise_variance(
    model: Classifier,
    z: Features,
    y: Labels,
    bottleneck: Bottleneck,
    *,
    noise: Tensor | None = None,
    generator: Generator | None = None,
) -> Tensor:
    """sigma^2 (n, c) after the released method's loop, in the precision of `z`.

    Args:
        model: frozen, in eval mode; only its tail is run.
        z: features at the bottleneck's cut, (n, c, h, w).
        y: labels, (n,).
        bottleneck: the settings; its loss is the mean over images, as in the released code.
        noise: epsilon (steps, draws, c) shared by all images; None draws anew for every image, as the released code.
        generator: of the draws, where there is no `noise`.
    """
    n, c = z.shape[:2]
    variance = z.var(dim=(2, 3), keepdim=True)
    scale = torch.zeros_like(variance, requires_grad=True)
    optimizer = torch.optim.Adam([scale], lr=bottleneck.learning_rate)
    for t in range(bottleneck.steps):
        sigma = F.softplus(scale)
        kl = kl_divergence(variance, sigma**2)
        kl = kl.mean() if bottleneck.kl_reduction == "mean" else kl.sum() / n
        loss = bottleneck.beta * kl
        for draw in range(bottleneck.noise_draws):
            if noise is None:
                epsilon = torch.randn(n, c, 1, 1, generator=generator, dtype=z.dtype).to(z.device)
            else:
                epsilon = noise[t, draw].to(z)[:, None, None]
            logits = model.head(z + sigma * epsilon, bottleneck.cut)
            loss = loss + F.cross_entropy(logits, y) / bottleneck.noise_draws
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return F.softplus(scale.detach()).square().flatten(1)


def kl_divergence(variance: Tensor, noise_variance: Tensor) -> Tensor:
    """KL(N(z, s) || N(z, sigma^2)) of each channel, eq. 4, both variances guarded by 1e-10 as in the released code."""
    guarded = noise_variance + 1e-10
    return 0.5 * (variance / guarded + torch.log(guarded / (variance + 1e-10)) - 1)
