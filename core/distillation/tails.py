"""How the cross-entropy answers noise at the cut: its gradient, traced for any tail, by hand for the common one."""

from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from core.models import PooledLinear
from core.types import Classifier, Features, Labels


class Tail(Protocol):
    """What lies behind the cut, for one batch of features and labels."""

    def gradient(self, sigma: Tensor, epsilon: Tensor) -> Tensor:
        """d CE(h(Z + sigma * epsilon), y) / d sigma, image by image.

        Args:
            sigma: noise scale of each channel, (n, c).
            epsilon: one draw for each channel, (c,), the same for every image and every place of the map.
        Returns:
            (n, c); the caller may write to it, the next call may overwrite it.
        """
        ...


def tail_of(model: Classifier, z: Features, y: Labels, at: str | None) -> Tail:
    """The tail of `model` behind the cut `at`, holding `z` and `y`: by hand where that is known, else traced."""
    tail = getattr(model, "tail", None)  # a `Staged` has one, and so has what only counts its passes
    if tail is not None:
        stages = tail(at)
        if len(stages) == 1 and isinstance(stages[0], PooledLinear):
            return PooledTail(stages[0], z, y)
    return TracedTail(model, z, y, at)


class TracedTail:
    """Any tail: autograd through `model.head`, for the noise scale alone, so no parameter receives a gradient."""

    def __init__(self, model: Classifier, z: Features, y: Labels, at: str | None) -> None:
        self.model, self.z, self.y, self.at = model, z, y, at

    def gradient(self, sigma: Tensor, epsilon: Tensor) -> Tensor:
        """d CE / d sigma (n, c), as `Tail.gradient` says, by autograd."""
        sigma = sigma.detach().requires_grad_(True)
        with torch.enable_grad():
            noisy = self.z + (sigma * epsilon)[:, :, None, None]
            loss = F.cross_entropy(self.model.head(noisy, self.at), self.y, reduction="sum")
            return torch.autograd.grad(loss, sigma)[0]


class PooledTail:
    """ReLU, optional 2x2 max-pool, average over the map, linear: the gradient in closed form, into kept buffers.

    The noise shifts a whole channel by one number s = sigma * epsilon, and a shift commutes with the maximum, so the
    max-pool is done once. With its output z_w at the places w = 1..W and the linear layer (A, b):

        p = mean_w relu(z_w + s),   dp/ds = share of the places with z_w + s > 0,
        dCE/dp = (softmax(p A^T + b) - onehot(y)) A

    Places and classes run along the first dimension: a mean or softmax over a short last one is far slower.
    """

    def __init__(self, tail: PooledLinear, z: Features, y: Labels) -> None:
        places = (F.max_pool2d(z, 2, 2) if tail.max_pool else z).flatten(2)
        self.z = places.permute(2, 0, 1).contiguous()  # w n c
        self.weight = tail.linear.weight.detach().to(z.dtype)  # k c
        self.bias = tail.linear.bias.detach().to(z.dtype)[:, None]
        self.target = F.one_hot(y, len(self.bias)).to(z.dtype).T.contiguous()  # k n
        self.active, self.average, self.result = (torch.empty_like(t) for t in (self.z, self.z[0], self.z[0]))
        self.logits, self.residual = torch.empty_like(self.target), torch.empty_like(self.target)
        self.scaled_weight = torch.empty_like(self.weight)

    def gradient(self, sigma: Tensor, epsilon: Tensor) -> Tensor:
        """d CE / d sigma (n, c), as `Tail.gradient` says; the equations are those of the class."""
        torch.addcmul(self.z, sigma, epsilon, out=self.active).relu_()
        torch.addmm(self.bias, self.weight, self._over_places().T, out=self.logits)
        torch.softmax(self.logits, 0, out=self.residual).sub_(self.target)
        torch.mul(self.weight, epsilon, out=self.scaled_weight)
        torch.mm(self.residual.T, self.scaled_weight, out=self.result)
        self.active.sign_()
        return self.result.mul_(self._over_places())

    def _over_places(self) -> Tensor:
        return self.active[0] if len(self.active) == 1 else torch.mean(self.active, 0, out=self.average)
