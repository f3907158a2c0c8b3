from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from core.attacks.borrowed import LIBRARY_NORM, Clean, Network, Run, at_least_one, in_turn
from core.attacks.pgd import check_steps
from core.attacks.registry import ATTACKS, Schedule
from core.attacks.threat import ThreatModel, per_image
from core.errors import InputError
from core.seeding import Draws
from core.types import Classifier, Images, Labels, Logits

MANY_CLASSES = 10  # above, FAB aims at some of them: otherwise a step takes a gradient for each
MOST_PROBABLE = 9


@ATTACKS.register("fab", "FAB")
@dataclass(frozen=True, kw_only=True)
class FAB:
    """Project onto the closest linearized decision boundary, and come back towards the image once beyond it.

        x_adv <- (1 - a) (x_adv + eta d) + a (x + eta d_x)     Croce & Hein 2020, arXiv:1907.02044, sec. 2

    Here d and d_x lead from x_adv and from x to that boundary, and a <= alpha_max grows with |d| against |d_x|. The
    attack looks for the smallest perturbation, and counts it only inside epsilon: any other image comes back as it was.
    It draws nothing. Computed by pyautoattack.

    Args:
        threat: norm and radius; epsilon in pixel units of [0, 1].
        steps: towards all classes at once, with a gradient for each; or towards one, with one gradient.
        targets: most probable other classes to aim at, one after another; None aims at all classes at once, or at 9
            where the network has more than 10.
        alpha_max: most weight of the way from the image itself.
        eta: overshoot, 1 ends at the boundary.
        beta: how much of the perturbation is left after a misclassified point, before the next step.
    Raises:
        InputError: steps or targets below 1, eta below 1, or alpha_max or beta outside [0, 1], on construction.
    """

    threat: ThreatModel = ThreatModel()
    steps: int = 100
    targets: int | None = None
    alpha_max: float = 0.1
    eta: float = 1.05
    beta: float = 0.9

    def __post_init__(self) -> None:
        check_steps(self.steps, None)
        if self.targets is not None:
            at_least_one("targets", self.targets)
        if not (0 <= self.alpha_max <= 1 and 0 <= self.beta <= 1 and self.eta >= 1):
            raise InputError(
                "FAB takes alpha_max and beta from 0 to 1 and eta from 1, "
                f"got {self.alpha_max:g}, {self.beta:g} and {self.eta:g}."
            )

    @property
    def schedule(self) -> Schedule:
        """Steps towards one class, or towards all at once."""
        return Schedule(self.steps, restarts=self.targets or 1)

    def runs(self, classes: int) -> Sequence[Run]:
        """One towards all classes, or one towards each."""
        targets = MOST_PROBABLE if self.targets is None and classes > MANY_CLASSES else self.targets
        if targets is None:
            return [partial(self._run, None)]
        return [partial(self._run, rank) for rank in range(2, min(targets, classes - 1) + 2)]

    def __call__(self, model: Classifier, x: Images, y: Labels, *, generator: Draws) -> Images:
        return in_turn(self.runs, self.threat, model, x, y, generator)

    def _run(self, rank: int | None, network: Network, clean: Clean) -> Images:
        from pyautoattack.fab_pt import FABAttack_PT

        library = FABAttack_PT(
            partial(ImageGradient.logits, network),
            norm=LIBRARY_NORM[self.threat.norm],
            n_restarts=1,
            n_iter=self.steps,
            eps=self.threat.epsilon,  # of random starts, which the first has not
            alpha_max=self.alpha_max,
            eta=self.eta,
            beta=self.beta,
            loss_fn=None,
            verbose=False,
            seed=0,
            targeted=rank is not None,
            device=clean.x.device,
            n_target_classes=MOST_PROBABLE,  # unused: `runs` names each
        )
        library.target_class = rank
        found = library.attack_single_run(clean.x, clean.y, use_rand_start=False, is_targeted=rank is not None)
        inside = self.threat.size(found - clean.x) <= self.threat.epsilon
        return torch.where(per_image(inside, found), found, clean.x)


class ImageGradient(torch.autograd.Function):
    """Logits whose backward pass ends at the image: the library's own would add to the `.grad` of every parameter."""

    @staticmethod
    def logits(network: Network, x: Images) -> Logits:
        """The network's, with a gradient where one is asked for."""
        return ImageGradient.apply(network, x) if torch.is_grad_enabled() and x.requires_grad else network(x)

    @staticmethod
    def forward(ctx: Any, network: Network, x: Images) -> Logits:
        ctx.x = x.detach().requires_grad_(True)
        with torch.enable_grad():
            ctx.logits = network(ctx.x)
        return ctx.logits.detach()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, Tensor]:
        return None, torch.autograd.grad(ctx.logits, ctx.x, gradient, retain_graph=True)[0]
