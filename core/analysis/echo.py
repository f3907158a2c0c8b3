"""The echo of a label: robust channels that say whatever label was supplied to the split. One definition for all."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def echoes(said: ArrayLike, supplied: ArrayLike, robust: ArrayLike) -> NDArray[np.bool_]:
    """Of which splits the robust channels alone say the label that was supplied, (n,).

    A split without a robust channel is no echo, whatever class the empty side is given: nobody speaks there. How many
    such splits there are is to be said beside.

    Args:
        said: the class that the robust channels alone predict, (n,).
        supplied: the label that the split was made with, (n,).
        robust: how many channels are robust, (n,).
    """
    same: NDArray[np.bool_] = np.asarray(said) == np.asarray(supplied)
    return same & (np.asarray(robust) > 0)
