from dataclasses import dataclass, replace
from functools import partial
from typing import Self

from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy, one_hot, softmax

from core.attacks import PGD
from core.attacks.losses import LOSSES
from core.training.objective import DEFENSES, Loss, maximized, weakened
from core.types import Images, Labels, Logits

TINY = 1e-12  # this and the two offsets below are the authors': a probability of 0 or 1 has a finite logarithm


@DEFENSES.register("mart")
@dataclass(frozen=True, kw_only=True)
class Mart:
    """Push the attacked image's class up and its runner-up down; hold still where the clean image is unsure.

        bce = -ln p_adv[y] - ln(1 - max_{k != y} p_adv[k])
        min_w E [ bce + weight * KL(p || p_adv) * (1 - p[y]) ],   x_adv ascends the cross-entropy

    Wang et al. 2020, "Improving Adversarial Robustness Requires Revisiting Misclassified Examples", sec. 3.3.

    Args:
        attack: threat model, steps and step size of the inner maximization; its own loss and start are not used.
        weight: of the divergence.
        start: standard deviation of the attack's Gaussian start, pixel units; None starts uniformly in the ball.
        label_smoothing: share of the target spread evenly over the classes, in the cross-entropy alone.
    """

    attack: PGD = PGD()
    weight: float = 6.0
    start: float | None = 0.001
    label_smoothing: float = 0.0

    def __call__(self, model: nn.Module, x: Images, y: Labels, *, generator: Generator) -> Loss:
        ascended = partial(LOSSES["ce"], y=y)
        x_adv = maximized(model, self.attack, lambda *_: ascended, x, self.start, generator)
        clean, moved = model(x).float(), model(x_adv).float()
        boosted = boosted_cross_entropy(moved, y, self.label_smoothing).mean()
        divergence = unsure_divergence(softmax(clean, dim=1), softmax(moved, dim=1), y).mean()
        return Loss(boosted + self.weight * divergence, moved, {"boosted": boosted, "divergence": divergence})

    def at_strength(self, fraction: float) -> Self:
        return replace(self, attack=weakened(self.attack, fraction))


@DEFENSES.register("mart-released")
@dataclass(frozen=True, kw_only=True)
class MartReleased(Mart):
    """MART with the weight and the start of the distillation paper's released code; arguments as for `Mart`."""

    weight: float = 0.5
    start: float | None = None


def boosted_cross_entropy(logits: Logits, y: Labels, label_smoothing: float = 0.0) -> Tensor:
    """Cross-entropy plus a margin term that grows with the most probable wrong class, (n,)."""
    labeled = one_hot(y, logits.shape[1]).bool()
    runner_up = softmax(logits, dim=1).masked_fill(labeled, 0).amax(dim=1)
    plain = cross_entropy(logits, y, label_smoothing=label_smoothing, reduction="none")
    return plain - (1.0001 - runner_up + TINY).log()


def unsure_divergence(clean: Tensor, attacked: Tensor, y: Labels) -> Tensor:
    """KL(clean || attacked) of every image, (n,), weighted with the clean image's probability of being wrong."""
    divergence = (clean * ((clean + TINY).log() - (attacked + TINY).log())).sum(dim=1)
    return divergence * (1.0000001 - clean.gather(1, y[:, None]).squeeze(1))
