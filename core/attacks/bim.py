import math
from dataclasses import dataclass
from functools import partial

from core.attacks.losses import cross_entropy
from core.attacks.pgd import ascend, check_steps
from core.attacks.registry import ATTACKS, Schedule
from core.attacks.threat import ThreatModel
from core.seeding import Draws
from core.types import Classifier, Images, Labels


@ATTACKS.register("bim", "BIM")
@dataclass(frozen=True, kw_only=True)
class BIM:
    """Many small steps up the cross-entropy from the image itself.

        x_adv <- project(x_adv + step_size * direction(grad_x loss))     Kurakin et al. 2017, arXiv:1607.02533, sec. 2.2

    Args:
        threat: norm and radius; epsilon in pixel units of [0, 1].
        steps: None is the paper's floor(min(255 epsilon + 4, 1.25 * 255 epsilon)), 9 at epsilon 0.03, at least 1.
        step_size: pixel units; one gray level by default.
    Raises:
        InputError: steps below 1 or a negative step size, on construction.
    """

    threat: ThreatModel = ThreatModel()
    steps: int | None = None
    step_size: float = 1 / 255

    def __post_init__(self) -> None:
        check_steps(self.schedule.steps, self.step_size)

    @property
    def schedule(self) -> Schedule:
        """Steps as given, or from epsilon."""
        levels = 255 * self.threat.epsilon
        steps = max(1, math.floor(min(levels + 4, 1.25 * levels))) if self.steps is None else self.steps
        return Schedule(steps, self.step_size)

    def __call__(self, model: Classifier, x: Images, y: Labels, *, generator: Draws) -> Images:
        return ascend(self.threat, model, partial(cross_entropy, y=y), x, x, self.schedule.steps, self.step_size)
