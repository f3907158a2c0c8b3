"""One image on its way through an attack: what each side of its channels says, step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.analysis.empty_set import empty_set
from core.look import percent

WHO = {"all": "all channels", "robust": "the robust", "nonrobust": "the non-robust"}


@dataclass(frozen=True)
class Walk:
    """An attack's iterates.

    Args:
        images: the clean image, the start, then one image a step, (k, 3, h, w) in [0, 1].
        epsilon: change of a pixel that is drawn black or white in the difference.
        probabilities: of every class by side that has channels, (k, classes).
        true: index of the class that the attack moves away from.
        other: index of the class that the whole network says at the end, or its closest rival.
        class_names: of all classes.
    """

    images: NDArray[np.float32]
    epsilon: float
    probabilities: Mapping[str, NDArray[np.floating]]
    true: int
    other: int
    class_names: Sequence[str]

    def __len__(self) -> int:
        return len(self.images)

    @property
    def positions(self) -> list[str]:
        """What each image is: clean, the start, and the number of steps taken."""
        return ["clean", "start", *map(str, range(1, len(self) - 1))]

    @property
    def turned(self) -> int | None:
        """The first step after which the whole network says another class for good; None where it never does."""
        right = self.probabilities["all"].argmax(axis=1) == self.true
        return None if right[-1] else len(self) - int((~right[::-1]).cumprod().sum()) - 1

    def sentence(self, i: int) -> str:
        """What is said of the i-th image."""
        parts = [
            f"{who} say {self.class_names[int(read[i].argmax())]} ({percent(float(read[i].max()))})"
            if (read := self.probabilities.get(side)) is not None
            else empty_set(side)
            for side, who in WHO.items()
        ]
        told = ", ".join(parts)
        return f"{told[0].upper()}{told[1:]}."
