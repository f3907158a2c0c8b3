"""How the cross-entropy answers noise at the cut: its gradient, traced for any tail, by hand for the common one."""

from collections.abc import Sequence
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
            epsilon: one draw for each channel, (c,), the same for every place of the map and every image, or (n, c).
        Returns:
            (n, c); the caller may write to it, the next call may overwrite it.
        """
        ...


Part = tuple[Classifier, Features, Labels]  # a network, features (n, c, h, w) at the cut and their labels (n,)


def tail_of(parts: Sequence[Part], at: str | None) -> Tail:
    """The tail behind the cut `at`, holding features and labels: by hand where that is known, else traced.

    Args:
        parts: one, or several whose tails are `PooledLinear`s of equal shapes; their rows stand one after the other.
        at: the cut; None is the default.
    """
    pooled = [(pooled_tail(model, at), z, y) for model, z, y in parts]
    known = [(tail, z, y) for tail, z, y in pooled if tail is not None]
    if len(known) == len(parts):
        return PooledTail(known)
    ((model, z, y),) = parts
    return TracedTail(model, z, y, at)


def pooled_tail(model: Classifier, at: str | None) -> PooledLinear | None:
    """The one stage behind the cut, where its gradient is known in closed form."""
    tail = getattr(model, "tail", None)  # a `Staged` has one, and so has what only counts its passes
    stages = tail(at) if tail is not None else []
    return stages[0] if len(stages) == 1 and isinstance(stages[0], PooledLinear) else None


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

    Places and classes run along the first dimension: a mean or softmax over a short last one is far slower. Rows of
    several networks go through all of it together, but for their own linear layers.
    """

    def __init__(self, parts: Sequence[tuple[PooledLinear, Features, Labels]]) -> None:
        self.z = torch.cat([_places(tail, z) for tail, z, _ in parts], dim=1).contiguous()  # w n c
        self.active, self.average, self.result = (torch.empty_like(t) for t in (self.z, self.z[0], self.z[0]))
        if len(self.active) == 1:
            self.average = self.active[0]
        sizes = [len(y) for *_, y in parts]
        own = zip(parts, self.average.split(sizes), self.result.split(sizes), strict=True)
        self.layers = [_Layer(tail, y, average, result) for (tail, _, y), average, result in own]

    def gradient(self, sigma: Tensor, epsilon: Tensor) -> Tensor:
        """d CE / d sigma (n, c), as `Tail.gradient` says; the equations are those of the class."""
        torch.addcmul(self.z, sigma, epsilon, out=self.active).relu_()
        self._average_places()
        shared = epsilon.dim() == 1
        for layer in self.layers:
            layer.pull(epsilon if shared else None)
        if not shared:
            self.result.mul_(epsilon)
        self.active.sign_()
        self._average_places()
        return self.result.mul_(self.average)

    def _average_places(self) -> None:
        if len(self.active) > 1:
            torch.mean(self.active, 0, out=self.average)


class _Layer:
    """The linear layer of one network: reads its own rows of the average (n, c), writes those of the result (n, c)."""

    def __init__(self, tail: PooledLinear, y: Labels, average: Tensor, result: Tensor) -> None:
        self.average, self.result = average.T, result
        self.weight = tail.linear.weight.detach().to(average.dtype)  # k c
        self.bias = tail.linear.bias.detach().to(average.dtype)[:, None]
        self.target = F.one_hot(y, len(self.bias)).to(average.dtype).T.contiguous()  # k n
        self.logits, self.residual = torch.empty_like(self.target), torch.empty_like(self.target)
        self.scaled_weight = torch.empty_like(self.weight)

    def pull(self, epsilon: Tensor | None) -> None:
        """dCE/dp as it is, or times epsilon (c,), which is cheaper here than afterwards."""
        torch.addmm(self.bias, self.weight, self.average, out=self.logits)
        torch.softmax(self.logits, 0, out=self.residual).sub_(self.target)
        weight = self.weight if epsilon is None else torch.mul(self.weight, epsilon, out=self.scaled_weight)
        torch.mm(self.residual.T, weight, out=self.result)


def _places(tail: PooledLinear, z: Features) -> Tensor:
    """What the average is taken of, (w, n, c): the map, or its maxima."""
    return (F.max_pool2d(z, 2, 2) if tail.max_pool else z).flatten(2).permute(2, 0, 1)
