from collections.abc import Sequence
from dataclasses import dataclass

from core.attacks.apgd import APGDCE, APGDT
from core.attacks.borrowed import Run, at_least_one, in_turn
from core.attacks.fab import FAB
from core.attacks.registry import ATTACKS, Schedule
from core.attacks.square import Square
from core.attacks.threat import ThreatModel
from core.seeding import Draws
from core.types import Classifier, Images, Labels


@ATTACKS.register("autoattack", "AutoAttack")
@dataclass(frozen=True, kw_only=True)
class AutoAttack:
    """The standard ensemble: APGD on the cross-entropy, targeted APGD, targeted FAB, Square. All four, in that order.

    Croce & Hein 2020, arXiv:2003.01690, sec. 5. Each part attacks the images that those before it left right, from one
    start. Parts that aim at classes take all but the true one where there are fewer than `targets`. The defaults are
    the standard; less is no AutoAttack. What each part does is told by `APGDCE`, `APGDT`, `FAB` and `Square`.

    Args:
        threat: norm and radius; epsilon in pixel units of [0, 1].
        iterations: steps of APGD, and of APGD and FAB towards one class.
        targets: most probable other classes that they aim at.
        queries: of Square.
    Raises:
        InputError: a number below 1, on construction; a network with fewer than 4 classes, when called.
    """

    threat: ThreatModel = ThreatModel()
    iterations: int = 100
    targets: int = 9
    queries: int = 5000

    def __post_init__(self) -> None:
        for field in ("iterations", "targets", "queries"):
            at_least_one(field, getattr(self, field))

    @property
    def parts(self) -> tuple[APGDCE, APGDT, FAB, Square]:
        """The four attacks."""
        threat, steps, targets = self.threat, self.iterations, self.targets
        return (
            APGDCE(threat=threat, steps=steps),
            APGDT(threat=threat, steps=steps, targets=targets),
            FAB(threat=threat, steps=steps, targets=targets),
            Square(threat=threat, queries=self.queries),
        )

    @property
    def schedule(self) -> Schedule:
        """Steps and queries of all parts together."""
        return Schedule(sum(part.schedule.steps * part.schedule.restarts for part in self.parts))

    def runs(self, classes: int) -> Sequence[Run]:
        """Those of the parts, in turn.

        Raises:
            InputError: fewer than 4 classes.
        """
        return [run for part in self.parts for run in part.runs(classes)]

    def __call__(self, model: Classifier, x: Images, y: Labels, *, generator: Draws) -> Images:
        return in_turn(self.runs, self.threat, model, x, y, generator)
