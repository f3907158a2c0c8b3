"""The paper's own attacks inside a ball: PGD that pulls at the chosen channels, at PGD's cost and budget."""

from dataclasses import dataclass
from functools import partial

from torch import Tensor

from core.attacks.losses import LOSSES, input_gradient
from core.attacks.nrf import ChannelAttack, check_weight
from core.attacks.pgd import PGD, ascend
from core.attacks.registry import ATTACKS
from core.attacks.threat import l2_norm, per_image
from core.distillation import masked
from core.seeding import Draws
from core.types import Classifier, Features, Images, Labels


@ATTACKS.register("nrf-linf", "NRF L∞")
@dataclass(frozen=True, kw_only=True)
class NRFLinf(PGD, ChannelAttack):
    """PGD whose gradient at the cut is bent towards the chosen channels m ("up", sign 1) or away ("down", -1).

        x_adv <- project(x_adv + step_size * direction(J^T V)),   J = dZ/dx,   g = d loss/dZ
        V = g / |g|_2 + sign * weight * m * g / |m * g|_2,   image by image

    Our own budget-matched reading of the NeurIPS 2021 paper's attacks, which have no bound. A step costs what one of
    PGD costs, and with weight 0 it is PGD's to the bit. Named after the paper's threat model; an l2 one serves as well.
    `PGD` and `ChannelAttack` describe the other arguments.

    Args:
        weight: of the pull against the gradient, both of unit length at the cut.
    Raises:
        InputError: a value outside its range, on construction; on use, what the bottleneck refuses.
    """

    weight: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_channels()
        check_weight(self.weight)

    def __call__(self, model: Classifier, x: Images, y: Labels, *, generator: Draws) -> Images:
        x_adv = self.threat.random_start(x, generator) if self.random_start else x
        trunk = partial(model.features, at=self.bottleneck.cut)
        pulled = partial(self._pulled, model, y, self.channels(model, x, y, generator))
        return ascend(self.threat, trunk, pulled, x, x_adv, self.steps, self.step)

    def _pulled(self, model: Classifier, y: Labels, chosen: Tensor, z: Features) -> Tensor:
        """A number for each image whose gradient at the cut is |g| * V; the length changes no direction in pixels."""
        g = input_gradient(partial(model.head, at=self.bottleneck.cut), z, partial(LOSSES[self.loss], y=y))
        u = masked(g, chosen)
        length = l2_norm(g) / l2_norm(u).clamp_min(1e-12)
        return (z * (g + self.sign * self.weight * per_image(length, u) * u)).flatten(1).sum(dim=1)
