from dataclasses import dataclass, replace
from typing import Self

from torch import Generator, nn
from torch.nn.functional import cross_entropy

from core.attacks import PGD
from core.training.objective import DEFENSES, Loss, attacked, weakened
from core.types import Images, Labels


@DEFENSES.register("adv")
@dataclass(frozen=True, kw_only=True)
class Adversarial:
    """Cross-entropy on attacked images: the weights minimize what the attack maximizes inside the ball.

        min_w E max_{x_adv in ball(x)} cross_entropy(f_w(x_adv), y)     Madry et al. 2018, arXiv:1706.06083, eq. 2.1

    Args:
        attack: the inner maximization; the paper's is PGD with 10 steps.
        label_smoothing: share of the target spread evenly over the classes, in the outer loss only.
    """

    attack: PGD = PGD()
    label_smoothing: float = 0.0

    def __call__(self, model: nn.Module, x: Images, y: Labels, *, generator: Generator) -> Loss:
        x_adv = attacked(model, self.attack, x, y, generator) if self.attack.threat.epsilon > 0 else x
        logits = model(x_adv).float()
        return Loss(cross_entropy(logits, y, label_smoothing=self.label_smoothing), logits)

    def at_strength(self, fraction: float) -> Self:
        return replace(self, attack=weakened(self.attack, fraction))
