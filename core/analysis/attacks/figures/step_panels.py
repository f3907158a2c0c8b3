"""One image on its way through an attack as panels under one slider: two pictures, and the curves of two classes."""

import numpy as np
from numpy.typing import NDArray

from core.analysis.attacks.walk import Walk
from core.analysis.pictures import small
from core.analysis.slider import Line, Panel, Shots, Slides
from core.look import Look, percent
from core.sides import NAMED, STYLES

ROOM = 1.25  # above the highest probability


def step_slides(walk: Walk, look: Look) -> Slides:
    """Image, what was added to it, and how probable the true class and the one said after are; it begins at the end."""
    magnified = 0.5 + (walk.images - walk.images[:1]) / (2 * max(walk.epsilon, 1e-6))
    top = min(1.0, ROOM * max(float(read[:, [walk.true, walk.other]].max()) for read in walk.probabilities.values()))
    strength = f"gray is no change, black and white are {255 * walk.epsilon:.3g}/255"
    panels: list[Shots | Panel] = [
        Shots(title="Image", sources=_sources(walk.images), says="The image at this step."),
        Shots(title="What was added", sources=_sources(magnified), says=f"What was added at this step: {strength}."),
        _panel(walk, walk.true, f"How probable is {walk.class_names[walk.true]}, the true class?", top, look),
        _panel(walk, walk.other, f"How probable is {walk.class_names[walk.other]}?", top, look),
    ]
    return Slides(
        positions=walk.positions, sentences=[walk.sentence(i) for i in range(len(walk))], panels=panels,
        start=len(walk) - 1, prefix="step: ",
    )  # fmt: skip


def _sources(images: NDArray[np.floating]) -> list[str]:
    return [small(image.clip(0, 1).astype(np.float32)) for image in images]


def _panel(walk: Walk, label: int, title: str, top: float, look: Look) -> Panel:
    colors = look.sides()
    lines = [
        Line(
            name=NAMED[side], values=read[:, label].astype(float).round(4).tolist(), color=colors[side],
            symbol=STYLES[side].symbol, dash="dash" if side == "nonrobust" else "",
        )
        for side, read in walk.probabilities.items()
    ]  # fmt: skip
    ends = (f"{line.name} {percent(line.values[0])} to {percent(line.values[-1])}" for line in lines)
    says = f"{title} From the clean image to the last step: {', '.join(ends)}."
    return Panel(title=title, lines=lines, says=says, top=top)
