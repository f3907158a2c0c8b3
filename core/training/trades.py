from dataclasses import dataclass, replace
from functools import partial
from typing import Self

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy, log_softmax

from core.attacks import PGD
from core.training.objective import DEFENSES, Loss, attacked, maximized, weakened
from core.types import Classifier, Images, Labels, Logits


@DEFENSES.register("trades")
@dataclass(frozen=True, kw_only=True)
class Trades:
    """Right on clean images, and unmoved inside the ball: the attack and the penalty are one divergence.

        min_w E [ cross_entropy(f(x), y) + beta * max_{x_adv in ball(x)} KL(p(x) || p(x_adv)) ]

    Zhang et al. 2019, arXiv:1901.08573, eq. 5, with beta for 1/lambda. The divergence's gradient vanishes at the image
    itself, so the attack starts beside it.

    Args:
        attack: threat model, steps and step size of the inner maximization; its own loss and start are not used.
        beta: weight of the divergence.
        start: standard deviation of the attack's Gaussian start, pixel units; None starts uniformly in the ball.
        label_smoothing: share of the target spread evenly over the classes, in the clean term only.
    """

    attack: PGD = PGD()
    beta: float = 6.0
    start: float | None = 0.001
    label_smoothing: float = 0.0

    def __call__(self, model: nn.Module, x: Images, y: Labels, *, generator: Generator) -> Loss:
        x_adv = maximized(model, self.attack, divergence_from, x, self.start, generator)
        clean, moved = model(x).float(), model(x_adv).float()
        natural = cross_entropy(clean, y, label_smoothing=self.label_smoothing)
        divergence = kl(moved, clean).mean()
        return Loss(natural + self.beta * divergence, moved, {"clean": natural, "divergence": divergence})

    def at_strength(self, fraction: float) -> Self:
        return replace(self, attack=weakened(self.attack, fraction))


@DEFENSES.register("trades-released")
@dataclass(frozen=True, kw_only=True)
class TradesReleased:
    """TRADES as the distillation paper's released code has it: the attack and the first term are cross-entropy's.

        cross_entropy(f(x_adv), y) + weight * KL(p(x) || p(x_adv))

    Args:
        attack: the inner maximization of the cross-entropy.
        weight: of the divergence.
        label_smoothing: share of the target spread evenly over the classes.
    """

    attack: PGD = PGD()
    weight: float = 0.5
    label_smoothing: float = 0.0

    def __call__(self, model: nn.Module, x: Images, y: Labels, *, generator: Generator) -> Loss:
        x_adv = attacked(model, self.attack, x, y, generator)
        clean, moved = model(x).float(), model(x_adv).float()
        wrong = cross_entropy(moved, y, label_smoothing=self.label_smoothing)
        divergence = kl(moved, clean).mean()
        return Loss(wrong + self.weight * divergence, moved, {"attacked": wrong, "divergence": divergence})

    def at_strength(self, fraction: float) -> Self:
        return replace(self, attack=weakened(self.attack, fraction))


def divergence_from(model: Classifier, x: Images) -> partial[Tensor]:
    """The divergence from what the network says of `x` now, as a loss of logits."""
    with torch.no_grad():
        return partial(kl, target=model(x).float())


def kl(logits: Logits, target: Logits) -> Tensor:
    """KL(softmax(target) || softmax(logits)) of every image, (n,).

    Both logarithms are of logits, so that a probability of exactly 0 has a gradient: `kl_div` takes that of 0 ln 0.
    """
    expected = log_softmax(target, dim=1)
    return (expected.exp() * (expected - log_softmax(logits, dim=1))).sum(dim=1)
