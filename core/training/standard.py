from dataclasses import dataclass
from typing import Self

from torch import Generator, nn
from torch.nn.functional import cross_entropy

from core.training.objective import DEFENSES, Loss
from core.types import Images, Labels


@DEFENSES.register("standard")
@dataclass(frozen=True, kw_only=True)
class Standard:
    """Cross-entropy on the images as they are: no defense.

    Args:
        label_smoothing: share of the target spread evenly over the classes, which keeps the logits moderate.
    """

    label_smoothing: float = 0.0

    def __call__(self, model: nn.Module, x: Images, y: Labels, *, generator: Generator) -> Loss:
        logits = model(x).float()
        return Loss(cross_entropy(logits, y, label_smoothing=self.label_smoothing), logits)

    def at_strength(self, fraction: float) -> Self:
        return self
