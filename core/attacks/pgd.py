from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from torch import Tensor

from core.attacks.losses import LOSSES, LossName, check_loss, input_gradient
from core.attacks.registry import ATTACKS, Schedule
from core.attacks.threat import ThreatModel
from core.errors import InputError
from core.seeding import Draws
from core.types import Classifier, Images, Labels


@ATTACKS.register("pgd", "PGD")
@dataclass(frozen=True, kw_only=True)
class PGD:
    """Ascend a loss inside the threat model's ball from a random start, projecting after every step.

        x_adv <- project(x_adv + step_size * direction(grad_x loss))     Madry et al. 2018, arXiv:1706.06083, sec. 2.1

    Args:
        threat: norm and radius; epsilon in pixel units of [0, 1].
        steps: gradient evaluations, one forward and one backward pass each.
        step_size: pixel units; None is the paper's 2.3 * epsilon / steps.
        random_start: begin at a random point of the ball, not at the image.
        loss: "ce" is the cross-entropy, "margin" the highest other logit minus the label's.
    Raises:
        InputError: steps below 1, a negative step size or an unknown loss, on construction.
    """

    threat: ThreatModel = ThreatModel()
    steps: int = 10
    step_size: float | None = None
    random_start: bool = True
    loss: LossName = "ce"

    def __post_init__(self) -> None:
        check_steps(self.steps, self.step_size)
        check_loss(self.loss)

    @property
    def schedule(self) -> Schedule:
        """Steps and step size as taken."""
        return Schedule(self.steps, self.step)

    @property
    def step(self) -> float:
        """Step size as taken, pixel units."""
        return 2.3 * self.threat.epsilon / self.steps if self.step_size is None else self.step_size

    def __call__(self, model: Classifier, x: Images, y: Labels, *, generator: Draws) -> Images:
        x_adv = self.threat.random_start(x, generator) if self.random_start else x
        return ascend(self.threat, model, partial(LOSSES[self.loss], y=y), x, x_adv, self.steps, self.step)


def ascend(
    threat: ThreatModel,
    model: Callable[[Images], Tensor],
    loss: Callable[[Tensor], Tensor],
    x: Images,
    x_adv: Images,
    steps: int,
    step_size: float,
) -> Images:
    """Projected steps up the loss of what `model` returns, from `x_adv` inside the ball around `x`."""
    for _ in range(steps):
        direction = threat.direction(input_gradient(model, x_adv, loss))
        x_adv = threat.project(x_adv + step_size * direction, x)
    return x_adv.detach()


def check_steps(steps: int, step_size: float | None) -> None:
    """Raise InputError unless there is at least one step and its size, where given, is not negative."""
    if steps < 1:
        raise InputError(f"An attack needs at least 1 step, got {steps}.")
    if step_size is not None and not step_size >= 0:
        raise InputError(f"A step size must be at least 0 (pixel units), got {step_size}.")
