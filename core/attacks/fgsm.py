from dataclasses import dataclass
from functools import partial

from core.attacks.losses import cross_entropy, input_gradient
from core.attacks.registry import ATTACKS, Schedule
from core.attacks.threat import ThreatModel
from core.seeding import Draws
from core.types import Classifier, Images, Labels


@ATTACKS.register("fgsm", "FGSM")
@dataclass(frozen=True, kw_only=True)
class FGSM:
    """One step of the whole radius along the gradient of the cross-entropy, no random start.

        x_adv = project(x + epsilon * direction(grad_x loss))     Goodfellow et al. 2015, arXiv:1412.6572, sec. 4

    Args:
        threat: norm and radius; epsilon in pixel units of [0, 1].
    """

    threat: ThreatModel = ThreatModel()

    @property
    def schedule(self) -> Schedule:
        """One step of epsilon."""
        return Schedule(1, self.threat.epsilon)

    def __call__(self, model: Classifier, x: Images, y: Labels, *, generator: Draws) -> Images:
        direction = self.threat.direction(input_gradient(model, x, partial(cross_entropy, y=y)))
        return self.threat.project(x + self.threat.epsilon * direction, x)
