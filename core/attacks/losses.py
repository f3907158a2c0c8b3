"""What a gradient attack ascends: one number an image, the larger the closer to a mistake."""

from collections.abc import Callable
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from core.errors import InputError
from core.types import Labels, Logits

LossName = Literal["ce", "margin"]


def cross_entropy(logits: Logits, y: Labels) -> Tensor:
    """Minus the log-probability of the label, (n,)."""
    return F.cross_entropy(logits, y, reduction="none")


def margin(logits: Logits, y: Labels) -> Tensor:
    """Highest other logit minus that of the label, (n,): positive once the image is misclassified."""
    labeled = F.one_hot(y, logits.shape[1]).bool()
    return logits.masked_fill(labeled, float("-inf")).amax(dim=1) - logits[labeled]


LOSSES: dict[str, Callable[..., Tensor]] = {"ce": cross_entropy, "margin": margin}


def check_loss(name: str) -> None:
    """Raise InputError unless `name` is a loss."""
    if name not in LOSSES:
        raise InputError(f"Unknown attack loss {name!r}; known are {', '.join(LOSSES)}.")


def input_gradient(model: Callable[[Tensor], Tensor], x: Tensor, loss: Callable[[Tensor], Tensor]) -> Tensor:
    """Gradient with respect to the input `x` of the loss summed over images; one forward, one backward.

    Args:
        model: the network with pixels (n, c, h, w) as its input, or its head with features.
        x: its input.
        loss: of what it returns, (n,).
    """
    x = x.detach().requires_grad_(True)
    with torch.enable_grad():
        return torch.autograd.grad(loss(model(x)).sum(), x)[0]
