"""One image on its way through an attack, as plain data for the browser: pictures, sentences and curves a step."""

from typing import Any

import numpy as np

from core.analysis.attacks.walk import Walk
from core.analysis.pictures import small
from core.look import Look, percent
from core.sides import NAMED, STYLES


def drawn(walk: Walk, look: Look) -> dict[str, Any]:
    """Everything that the browser draws, a value a position: pictures as addresses, sentences, two panels of curves."""
    magnified = 0.5 + (walk.images - walk.images[:1]) / (2 * max(walk.epsilon, 1e-6))
    panels = [
        _panel(walk, walk.true, f"How probable is {walk.class_names[walk.true]}, the true class?", look),
        _panel(walk, walk.other, f"How probable is {walk.class_names[walk.other]}?", look),
    ]
    return {
        "positions": walk.positions,
        "sentences": [walk.sentence(i) for i in range(len(walk))],
        "pictures": [small(image) for image in walk.images],
        "differences": [small(shot.clip(0, 1).astype(np.float32)) for shot in magnified],
        "captions": ["Image", f"What was added: gray none, black or white {255 * walk.epsilon:.3g}/255"],
        "panels": panels,
        "levels": [[level, percent(level)] for level in (0.0, 0.5, 1.0)],
    }


def _panel(walk: Walk, label: int, title: str, look: Look) -> dict[str, Any]:
    colors, lines = look.sides(), []
    for side, read in walk.probabilities.items():
        values = read[:, label].astype(float).round(4).tolist()
        lines.append(
            {"name": NAMED[side], "color": colors[side], "symbol": STYLES[side].symbol, "values": values}
        )  # fmt: skip
    ends = (f"{line['name']} {percent(line['values'][0])} to {percent(line['values'][-1])}" for line in lines)
    return {"title": title, "lines": lines, "alt": f"{title} From the clean image to the last step: {', '.join(ends)}."}
