"""Clean image, magnified difference and attacked image, in one row at every width; the browser enlarges them."""

from html import escape

import numpy as np
from numpy.typing import NDArray

from core.analysis import pictures
from core.look import Look
from dashboard.screens.explain.scene import Answered
from dashboard.shared import images
from dashboard.shared.bars import swatch

GAP = 8  # pixels between pictures


def triptych(answered: Answered, names: tuple[str, ...], side: int, look: Look) -> str:
    """The HTML of one model's pictures: safe whatever the names hold.

    Args:
        answered: of the model.
        names: of its classes.
        side: width of a picture in pixels, at most; the largest whole factor within it is taken.
        look: palette and letter size.
    """
    explanation = answered.answer.explanation
    x, x_adv = images.array(explanation.x), images.array(explanation.x_adv)
    truth = explanation.true_label
    of_class = "of unknown class" if truth is None else f"of class {names[truth]}"
    wide = side // x.shape[-1] * x.shape[-1] or x.shape[-1]
    shown = [_figure(x, f"The clean image, {of_class}.", f"{swatch(False, look)}&ensp;clean")]
    if explanation.attacked:
        change, times = pictures.difference(x, x_adv)
        largest = 255 * float(np.abs(x_adv - x).max())
        shown += [
            _figure(change, _change(largest, times), f"difference ×{times}") if largest else _nothing(look),
            _figure(x_adv, _attacked(answered, names), f"{swatch(True, look)}&ensp;attacked"),
        ]
    columns = f"repeat({len(shown)},minmax(0,{wide}px))"
    return f'<div style="display:grid;grid-template-columns:{columns};gap:{GAP}px">{"".join(shown)}</div>'


def _figure(x: NDArray[np.float32], alt: str, caption: str) -> str:
    """A picture as it is, its pixels squares however large the browser draws it."""
    style = "display:block;width:100%;image-rendering:pixelated;border-radius:4px"
    return (
        f'<figure style="margin:0"><img src="{pictures.small(x)}" alt="{escape(alt)}" style="{style}">'
        f'<figcaption style="font-size:0.875rem;line-height:1.4;white-space:nowrap">{caption}</figcaption></figure>'
    )


def _nothing(look: Look) -> str:
    """In the place of a difference that would be plain gray."""
    style = f"aspect-ratio:1;display:grid;place-items:center;border:1px dashed {look.muted};border-radius:4px"
    said = '<span title="The attack left every pixel as it is.">no change</span>'
    return (
        f'<figure style="margin:0"><div style="{style};box-sizing:border-box">{said}</div>'
        '<figcaption style="font-size:0.875rem;line-height:1.4">difference</figcaption></figure>'
    )


def _change(largest: float, times: int) -> str:
    return f"What the attack added, magnified {times} times around gray; no pixel moves by more than {largest:.1f}/255."


def _attacked(answered: Answered, names: tuple[str, ...]) -> str:
    """What the network says of it, and whether that is something else than before."""
    before, after = (answered.answer.said(when, "all") for when in ("clean", "adversarial"))  # type: ignore[arg-type]
    says = f"now says {names[after]}" if before != after else f"still says {names[after]}"
    return f"The attacked image; the network {says}."
