"""How the cross-entropy answers noise at the cut: its gradient, traced for any tail, by hand for the common one."""

from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.models import PooledLinear, Staged
from core.types import Classifier, Features, Labels


class Tail(Protocol):
    """What lies behind the cut for one batch of features and labels."""

    def gradient(self, sigma: Tensor, epsilon: Tensor) -> Tensor:
        """d CE(h(Z + sigma * epsilon), y) / d sigma, image by image.

        Args:
            sigma: noise scale of each channel, (n, c).
            epsilon: one draw for each channel, (c,), the same for every image and every place of the map.
        Returns:
            (n, c); may be overwritten by the next call.
        """
        ...


def tail_of(model: Classifier, z: Features, y: Labels, at: str | None) -> Tail:
    """The tail of `model` behind the cut `at`, holding `z` and `y`: by hand where that is known, else traced."""
    if isinstance(model, Staged):
        stages = model.tail(at)
        if len(stages) == 1 and isinstance(stages[0], PooledLinear):
            return PooledTail(stages[0], z, y)
    return TracedTail(model, z, y, at)


class TracedTail:
    """Any tail: autograd through `model.head`, for the noise scale alone, so no parameter receives a gradient."""

    def __init__(self, model: Classifier, z: Features, y: Labels, at: str | None) -> None:
        self.model, self.z, self.y, self.at = model, z, y, at

    def gradient(self, sigma: Tensor, epsilon: Tensor) -> Tensor:
        sigma = sigma.detach().requires_grad_(True)
        with torch.enable_grad():
            noisy = self.z + (sigma * epsilon)[:, :, None, None]
            loss = F.cross_entropy(self.model.head(noisy, self.at), self.y, reduction="sum")
            return torch.autograd.grad(loss, sigma)[0]


class PooledTail:
    """ReLU, optional 2x2 max-pool, average over the map, linear: the gradient in closed form.

    The noise shifts a whole channel by one number s = sigma epsilon, and a shift commutes with the maximum, so the
    pooled map is computed once. With its values z_w, w = 1..W, and the linear layer (A, b):

        p = mean_w relu(z_w + s),  dp/ds = mean_w 1[z_w + s > 0],  dCE/dp = (softmax(p A^T + b) - onehot(y)) A
    """

    def __init__(self, tail: PooledLinear, z: Features, y: Labels) -> None:
        pooled = nn.functional.max_pool2d(z, 2, 2) if tail.max_pool else z
        self.z = pooled.flatten(2)
        self.weight = tail.linear.weight.detach().to(z.dtype)
        self.bias = tail.linear.bias.detach().to(z.dtype)
        self.target = F.one_hot(y, len(self.bias)).to(z.dtype)

    def gradient(self, sigma: Tensor, epsilon: Tensor) -> Tensor:
        shifted = self.z + (sigma * epsilon)[:, :, None]
        logits = torch.addmm(self.bias, shifted.relu().mean(dim=2), self.weight.T)
        residual = logits.softmax(dim=1) - self.target
        return (residual @ (self.weight * epsilon)) * (shifted > 0).to(sigma.dtype).mean(dim=2)
