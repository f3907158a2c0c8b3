"""What an attack is, and all of them by name."""

from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from core.attacks.threat import ThreatModel
from core.registry import Registry
from core.types import Classifier, Images, Labels


class Attack(Protocol):
    """A frozen value called as `attack(model, x, y, generator=g) -> x_adv`. It leaves mode, parameters, `.grad` alone."""

    threat: ThreatModel

    def __call__(self, model: Classifier, x: Images, y: Labels, *, generator: Generator) -> Images: ...


ATTACKS: Registry[Any] = Registry("attack")


def input_gradient(model: Classifier, x: Images, y: Labels) -> Tensor:
    """Gradient of the summed cross-entropy with respect to the pixels, (n, c, h, w); one forward, one backward pass."""
    x = x.detach().requires_grad_(True)
    with torch.enable_grad():
        loss = F.cross_entropy(model(x), y, reduction="sum")
        return torch.autograd.grad(loss, x)[0]
