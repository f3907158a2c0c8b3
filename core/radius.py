"""A radius in pixel units of [0, 1] as people write it: 8/255, or a number."""

import math

from core.errors import InputError

LEVELS = 255  # steps of an 8-bit pixel


def read_radius(text: str) -> float:
    """The number behind `8/255`, `0.03` or `1e-2`.

    Raises:
        InputError: neither a fraction nor a number, or not finite.
    """
    above, slash, below = text.partition("/")
    try:
        value = float(above) / float(below) if slash else float(above)
    except (ValueError, ZeroDivisionError):
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"A radius is a finite number such as 0.03, or a fraction such as 8/255, got {text[:40]!r}.")
    return value


def write_radius(epsilon: float) -> str:
    """The shortest text that `read_radius` reads as exactly this number; in steps of 255 where it is a whole one."""
    steps = round(epsilon * LEVELS)
    return f"{steps}/{LEVELS}" if steps and steps / LEVELS == epsilon else f"{epsilon!r}"
