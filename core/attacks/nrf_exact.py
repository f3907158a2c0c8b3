"""The paper's own attacks with equation 8 as printed: the gradient of the gradient's norm, by double backward."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from core.attacks.losses import cross_entropy
from core.attacks.nrf import ChannelAttack, check_weight
from core.attacks.registry import ATTACKS
from core.attacks.tanh_space import TanhSearch, check_choice, lead
from core.distillation import masked
from core.seeding import Draws
from core.types import Classifier, Images, Labels, Logits

BaseName = Literal["margin", "softmargin", "ce"]
TINY = 1e-12  # under the root, whose gradient is infinite at 0


def soft_lead(logits: Logits, y: Labels) -> Tensor:
    """The label's lead over a smooth maximum of the others, (n,): o_y - logsumexp_{j != y} o_j."""
    labeled = F.one_hot(y, logits.shape[1]).bool()
    return logits[labeled] - logits.masked_fill(labeled, float("-inf")).logsumexp(dim=1)


def confidence(logits: Logits, y: Labels) -> Tensor:
    """Log-probability of the label, (n,)."""
    return -cross_entropy(logits, y)


BASES: dict[str, Callable[..., Tensor]] = {"margin": lead, "softmargin": soft_lead, "ce": confidence}


@ATTACKS.register("nrf-exact", "NRF as printed")
@dataclass(frozen=True, kw_only=True)
class NRFExact(TanhSearch, ChannelAttack):
    """Equation 8 as printed: the norm of the gradient at the chosen channels m of the cut is itself differentiated.

        minimize over w  |x_adv - x|_2^2 + c * F - sign * weight * R,   R = |m * c * dF/dZ|_2, image by image
                                                                        (eq. 7 and 8 of the NeurIPS 2021 paper)

    Behind the paper's cut everything is piecewise linear, so with the paper's F, the margin, dF/dZ is piecewise
    constant and R adds nothing: the result is CW's. Curvature comes with a softmax. `TanhSearch` and `ChannelAttack`
    describe the other arguments.

    Args:
        loss: F, which is lowered: "margin" is max(o_y - max_{j != y} o_j, 0), "softmargin" has the logarithm of the
            summed exponentials for the maximum and no floor, "ce" is the log-probability of the label.
        weight: of the norm.
    Raises:
        InputError: a value outside its range, on construction; on use, what the bottleneck refuses.
    """

    loss: BaseName = "margin"
    weight: float = 1.0
    check_every: int = 66

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_channels()
        check_choice("base loss", self.loss, BaseName)
        check_weight(self.weight)

    def __call__(self, model: Classifier, x: Images, y: Labels, *, generator: Draws) -> Images:
        chosen = self.channels(model, x, y, generator)
        return self.search(x, y, partial(self._pressure, model, y, chosen)).images

    def _pressure(self, model: Classifier, y: Labels, chosen: Tensor, x_adv: Images) -> tuple[Logits, Tensor]:
        z = model.features(x_adv, self.bottleneck.cut)
        logits = model.head(z, self.bottleneck.cut)
        base = self.c * BASES[self.loss](logits, y)
        (gradient,) = torch.autograd.grad(base.sum(), z, create_graph=True)
        norm = (masked(gradient, chosen).square().flatten(1).sum(dim=1) + TINY).sqrt()
        return logits, base - self.sign * self.weight * norm
