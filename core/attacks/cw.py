from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from core.attacks.registry import ATTACKS, Schedule
from core.attacks.tanh_space import Found, TanhSearch, lead
from core.errors import InputError
from core.seeding import Draws
from core.types import Classifier, Images, Labels, Logits


@ATTACKS.register("cw", "CW")
@dataclass(frozen=True, kw_only=True)
class CW(TanhSearch):
    """Carlini and Wagner's L2 attack: close to the image, and misclassified.

        minimize over w  |x_adv - x|_2^2 + c * max(o_y - max_{j != y} o_j, -kappa),   x_adv = (tanh w + 1) / 2
                                                             Carlini and Wagner 2017, arXiv:1608.04644, sec. V-VI

    The closest misclassified x_adv on the way is returned, whatever its margin, else the clean image. The defaults are
    the NeurIPS 2021 paper's: one c, and no search for it. `TanhSearch` describes the other arguments.

    Args:
        kappa: margin in logits up to which a misclassified x_adv is still pushed.
        search_steps: further searches, each with an own c for every image: halfway between the largest that failed and
            the smallest that succeeded, ten times as large while none has.
    Raises:
        InputError: a value outside its range, on construction.
    """

    kappa: float = 0.0
    search_steps: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.kappa < float("inf"):
            raise InputError(f"Kappa must be a finite number of at least 0, got {self.kappa}.")
        if not isinstance(self.search_steps, int) or self.search_steps < 0:
            raise InputError(f"search_steps must be a whole number of at least 0, got {self.search_steps!r}.")
        if self.search_steps and self.c == 0:
            raise InputError("A search for c multiplies and halves it, so it cannot begin at 0; give a c above 0.")

    @property
    def schedule(self) -> Schedule:
        """Steps as given, once for every c tried."""
        return Schedule(self.steps, restarts=1 + self.search_steps)

    def __call__(self, model: Classifier, x: Images, y: Labels, *, generator: Draws) -> Images:
        best = Found.nothing(x)
        c, failed, succeeded = torch.full_like(best.distance, self.c), torch.zeros_like(best.distance), best.distance
        for _ in range(1 + self.search_steps):
            found = self.search(x, y, partial(self._pressure, model, y, c))
            best = best.closer(*found)
            fooled = found.distance.isfinite()
            failed, succeeded = torch.where(fooled, failed, c), torch.where(fooled, c, succeeded)
            c = torch.where(succeeded.isfinite(), (failed + succeeded) / 2, 10 * c)
        return best.images

    def _pressure(self, model: Classifier, y: Labels, c: Tensor, x_adv: Images) -> tuple[Logits, Tensor]:
        logits = model(x_adv)
        return logits, c * lead(logits, y, self.kappa)
