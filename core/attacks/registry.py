"""What an attack is, and all of them by name."""

from typing import Any, NamedTuple, Protocol

from core.attacks.threat import ThreatModel
from core.registry import Registry
from core.seeding import Draws
from core.types import Classifier, Images, Labels


class Schedule(NamedTuple):
    """What an attack takes: `steps` gradient evaluations an image, each of `step_size` in pixel units."""

    steps: int
    step_size: float


class Attack(Protocol):
    """A frozen value called as `attack(model, x, y, generator=g) -> x_adv`. It leaves mode, parameters, `.grad` alone.

    Given one generator, it draws for the whole batch; given one an image, no image's draws depend on its batch.
    """

    @property
    def threat(self) -> ThreatModel: ...

    @property
    def schedule(self) -> Schedule: ...

    def __call__(self, model: Classifier, x: Images, y: Labels, *, generator: Draws) -> Images: ...


ATTACKS: Registry[Any] = Registry("attack")
