"""The echo of a label: robust channels that say whatever label was supplied to the split. One definition for all."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from core.statistics import fraction


def echo(said: ArrayLike, supplied: ArrayLike, robust: ArrayLike) -> dict[str, Any]:
    """How often the robust channels alone say the label that was supplied.

    An image on which no channel is robust is counted apart: the empty side says one class of every image, and where
    that is the label supplied, nothing was echoed.

    Args:
        said: the class that the robust channels alone predict, (n,).
        supplied: the label that the split was made with, (n,).
        robust: how many channels are robust, (n,).
    Returns:
        `value`, `n`, `low`, `high` of the images with a robust channel (n 0 and None else where there is none), and
        `empty`, how many others there are.
    """
    any_robust = np.asarray(robust) > 0
    echoed = (np.asarray(said) == np.asarray(supplied))[any_robust]
    share = fraction(echoed) if len(echoed) else {"value": None, "n": 0, "low": None, "high": None}
    return {**share, "empty": int((~any_robust).sum())}
