import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from core.attacks.borrowed import LIBRARY_NORM, Clean, Network, Run, at_least_one, in_turn
from core.attacks.pgd import check_steps
from core.attacks.registry import ATTACKS, Schedule
from core.attacks.threat import ThreatModel
from core.errors import InputError
from core.seeding import Draws
from core.types import Classifier, Images, Labels

LOG = logging.getLogger(__name__)  # hears from the library of gradients that are exactly zero
LOG.addHandler(logging.NullHandler())


@dataclass(frozen=True, kw_only=True)
class APGD:
    """Steps with momentum up a loss, from a random start, whose size is halved where the loss stops rising.

        u <- project(x_k + eta * direction(grad_x loss))
        x_{k + 1} <- project(x_k + 0.75 (u - x_k) + 0.25 (x_k - x_{k - 1}))
                                                                  Croce & Hein 2020, arXiv:2003.01690, sec. 3

    Eta is 2 epsilon at first. The last misclassified point on the way is returned, else the image as it was. Computed
    by pyautoattack.

    Args:
        threat: norm and radius; epsilon in pixel units of [0, 1].
        steps: of one start, a gradient each; one more gradient is taken where the last step led.
        restarts: random starts, each for the images that are still classified right.
        rho: eta is halved where the loss rose in at most this fraction of the steps since the last check.
    Raises:
        InputError: steps or restarts below 1, or rho outside [0, 1], on construction.
    """

    threat: ThreatModel = ThreatModel()
    steps: int = 100
    restarts: int = 1
    rho: float = 0.75

    loss: ClassVar[str]  # the library's name
    classes_needed: ClassVar[int] = 2

    def __post_init__(self) -> None:
        check_steps(self.steps, None)
        at_least_one("restarts", self.restarts)
        if not 0 <= self.rho <= 1:
            raise InputError(f"Rho is a fraction of the steps, from 0 to 1, got {self.rho}.")

    @property
    def schedule(self) -> Schedule:
        """Steps of one start, whose size is found on the way."""
        return Schedule(self.steps, restarts=self.restarts)

    def runs(self, classes: int) -> Sequence[Run]:
        """One for each start.

        Raises:
            InputError: too few classes for the loss.
        """
        self.check_classes(classes)
        return [self._run] * self.restarts

    def check_classes(self, classes: int) -> None:
        """Raise InputError unless there are as many classes as the loss compares logits."""
        if classes < self.classes_needed:
            raise InputError(
                f"This attack's loss compares {self.classes_needed} logits, but the network has {classes} classes; "
                "choose apgd-ce, fab or square."
            )

    def __call__(self, model: Classifier, x: Images, y: Labels, *, generator: Draws) -> Images:
        return in_turn(self.runs, self.threat, model, x, y, generator)

    def _run(self, network: Network, clean: Clean) -> Images:
        from pyautoattack.autopgd_base import APGDAttack

        library = APGDAttack(network, loss=self.loss, **self._options(clean.x))
        library.init_hyperparam(clean.x)
        *_, misclassified = library.attack_single_run(clean.x, clean.y)
        return misclassified

    def _options(self, x: Images) -> dict[str, Any]:
        return {
            "n_iter": self.steps,
            "norm": LIBRARY_NORM[self.threat.norm],
            "n_restarts": 1,
            "eps": self.threat.epsilon,
            "seed": 0,  # what it draws comes from elsewhere: `OwnDraws`
            "eot_iter": 1,
            "rho": self.rho,
            "topk": None,
            "verbose": False,
            "device": x.device,
            "use_largereps": False,
            "is_tf_model": False,
            "logger": LOG,
        }


@ATTACKS.register("apgd-ce", "APGD-CE")
@dataclass(frozen=True, kw_only=True)
class APGDCE(APGD):
    """`APGD` on the cross-entropy. The column "AutoAttack" of the NeurIPS 2021 paper is this attack alone."""

    loss: ClassVar[str] = "ce"


@ATTACKS.register("apgd-dlr", "APGD-DLR")
@dataclass(frozen=True, kw_only=True)
class APGDDLR(APGD):
    """`APGD` on the difference of logits ratio, whose gradient does not vanish where the logits are large.

    loss = -(o_y - max_{j != y} o_j) / (o_(1) - o_(3)),  o_(i) the i-th largest     arXiv:2003.01690, sec. 4
    """

    loss: ClassVar[str] = "dlr"
    classes_needed: ClassVar[int] = 3


@ATTACKS.register("apgd-t", "APGD-T")
@dataclass(frozen=True, kw_only=True)
class APGDT(APGD):
    """`APGD` towards each of the most probable other classes in turn.

        loss = -(o_y - o_t) / (o_(1) - (o_(3) + o_(4)) / 2),  t the target     arXiv:2003.01690, sec. 4

    Args:
        targets: classes, all but the true one where there are fewer; every one has its starts.
    """

    targets: int = 9

    loss: ClassVar[str] = "dlr-targeted"
    classes_needed: ClassVar[int] = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        at_least_one("targets", self.targets)

    @property
    def schedule(self) -> Schedule:
        """Steps of one start towards one class."""
        return Schedule(self.steps, restarts=self.restarts * self.targets)

    def runs(self, classes: int) -> Sequence[Run]:
        """One for each start towards each class.

        Raises:
            InputError: too few classes for the loss.
        """
        self.check_classes(classes)
        targets = min(self.targets, classes - 1)
        return [partial(self._towards, rank) for rank in range(2, targets + 2) for _ in range(self.restarts)]

    def _towards(self, rank: int, network: Network, clean: Clean) -> Images:
        from pyautoattack.autopgd_base import APGDAttack_targeted

        library = APGDAttack_targeted(network, n_target_classes=self.targets, **self._options(clean.x))
        library.init_hyperparam(clean.x)
        library.y_target = clean.logits.argsort(dim=1)[:, -rank]
        *_, misclassified = library.attack_single_run(clean.x, clean.y)
        return misclassified
