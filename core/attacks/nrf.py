"""The paper's own attacks, which pull at the non-robust or at the robust channels, as the released code has them."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import torch
from torch import Tensor

from core.attacks.losses import input_gradient
from core.attacks.registry import ATTACKS
from core.attacks.tanh_space import TanhSearch, check_choice, lead
from core.distillation import Bottleneck, masked
from core.errors import InputError
from core.seeding import Draws, uniform
from core.sides import Side
from core.types import Classifier, Features, Images, Labels, Logits

Mask = Literal["distilled", "random", "all", "none"]
Direction = Literal["up", "down"]
NormOver = Literal["image", "batch"]


@dataclass(frozen=True, kw_only=True)
class ChannelAttack:
    """Which channels an attack pulls at, decided on the clean image and kept, and which way it pulls.

    Args:
        side: of the split of the clean image, given its true label.
        direction: "up" makes the gradient at the cut large on that side, "down" small.
        mask: "distilled" is the paper's: the channels on that side. Controls: "random" takes as many of each image's
            channels by lot, "all" and "none" what they say.
        bottleneck: what splits the channels, and where the network is cut.
        seed: of the bottleneck's noise, which all images share; no draw of an image's own generator.
    """

    side: Side = "nonrobust"
    direction: Direction = "up"
    mask: Mask = "distilled"
    bottleneck: Bottleneck = Bottleneck()
    seed: int = 0

    @property
    def sign(self) -> int:
        """Of the pull in the equations."""
        return 1 if self.direction == "up" else -1

    def check_channels(self) -> None:
        """Raise InputError unless side, direction and mask are known."""
        check_choice("side", self.side, Side)
        check_choice("direction", self.direction, Direction)
        check_choice("mask", self.mask, Mask)

    def channels(self, model: Classifier, x: Images, y: Labels, generator: Draws) -> Tensor:
        """The channels that are pulled at, (n, c) bool; (n, 1) where all are, or none."""
        if self.mask in ("all", "none"):
            return torch.full((len(x), 1), self.mask == "all", device=x.device)
        robust = self.bottleneck(model, x, y, seed=self.seed).robust
        chosen = robust if self.side == "robust" else ~robust
        return chosen if self.mask == "distilled" else shuffled(chosen, generator)


def shuffled(chosen: Tensor, generator: Draws) -> Tensor:
    """As many channels of every image, (n, c) bool, but others: by lot."""
    return chosen.gather(1, uniform(chosen.shape, generator).argsort(dim=1).to(chosen.device))


def check_weight(weight: float) -> None:
    """Raise InputError unless the weight of a pull is finite and not negative."""
    if not 0 <= weight < float("inf"):
        raise InputError(f"The weight of a pull must be a finite number of at least 0, got {weight}.")


@ATTACKS.register("nrf", "NRF")
@dataclass(frozen=True, kw_only=True)
class NRF(TanhSearch, ChannelAttack):
    """CW with a pull at the chosen channels m of the cut: the first-order surrogate of equation 8 in the released code.

        minimize over w  |x_adv - x|_2^2 + c * q - sign * S,   q = max(o_y - max_{j != y} o_j, 0)
        S = |Z - sg(Z) + m * sg(g)|_2,   g = -dq/dZ            (eq. 7 and 8 of the NeurIPS 2021 paper; sg: constant)

    S has the value |m * g| of equation 8, but its gradient is the unit vector along m * g, which moves Z where the
    margin falls: CW's c, raised (sign 1, "up") or lowered (-1, "down") by 1 / |m * g| on these channels. The equation
    as printed takes the gradient of the norm itself: `NRFExact`. The paper has four by name: NRF, NRF2, RF and RF2.
    `TanhSearch` and `ChannelAttack` describe the other arguments.

    Args:
        norm_over: "image" is a norm for each image; "batch" is the released code's one norm over the whole batch, so
            that an image's pull depends on the images beside it and falls with the square root of their number.
    Raises:
        InputError: a value outside its range, on construction; on use, what the bottleneck refuses.
    """

    norm_over: NormOver = "image"
    check_every: int = 66

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_channels()
        check_choice("norm_over", self.norm_over, NormOver)

    def __call__(self, model: Classifier, x: Images, y: Labels, *, generator: Draws) -> Images:
        chosen = self.channels(model, x, y, generator)
        return self.search(x, y, partial(self._pressure, model, y, chosen)).images

    def _pressure(self, model: Classifier, y: Labels, chosen: Tensor, x_adv: Images) -> tuple[Logits, Tensor]:
        cut = self.bottleneck.cut
        z = model.features(x_adv, cut)
        logits = model.head(z, cut)
        g = -input_gradient(partial(model.head, at=cut), z, partial(lead, y=y))
        pull = self._norm(z - z.detach() + masked(g, chosen))
        return logits, self.c * lead(logits, y) - self.sign * pull

    def _norm(self, t: Features) -> Tensor:
        """Of each image; over the batch, divided among its images, as what is minimized is their sum."""
        return t.flatten(1).norm(dim=1) if self.norm_over == "image" else (t.norm() / len(t)).expand(len(t))


@ATTACKS.register("nrf2", "NRF2")
@dataclass(frozen=True, kw_only=True)
class NRF2(NRF):
    """`NRF` that makes the gradient on the non-robust channels small."""

    direction: Direction = "down"


@ATTACKS.register("rf", "RF")
@dataclass(frozen=True, kw_only=True)
class RF(NRF):
    """`NRF` that makes the gradient on the robust channels large."""

    side: Side = "robust"


@ATTACKS.register("rf2", "RF2")
@dataclass(frozen=True, kw_only=True)
class RF2(NRF):
    """`NRF` that makes the gradient on the robust channels small."""

    side: Side = "robust"
    direction: Direction = "down"
