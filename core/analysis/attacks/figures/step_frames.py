"""One image on its way through an attack: a slider moves picture, difference, probabilities and sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.analysis.empty_set import empty_set
from core.analysis.pictures import small
from core.analysis.slider import MOST_LINES, SLIDER, Stack, slide
from core.look import Look, figure
from core.sides import ALONE, STYLES

WHO = {"all": "all channels", "robust": "the robust", "nonrobust": "the non-robust"}
PICTURES, CURVES, GAP = 13.0, 14.0, 3.4  # heights in letter sizes


@dataclass(frozen=True)
class Walk:
    """An attack's iterates.

    Args:
        images: (k, 3, h, w) in [0, 1].
        epsilon: change of a pixel that is drawn black or white in the difference.
        probabilities: of every class by side that has channels, (k, classes).
        true: index of the class that the attack moves away from.
        other: index of the class that the whole network says at the end, or its closest rival.
        names: of `true` and `other`.
    """

    images: NDArray[np.float32]
    epsilon: float
    probabilities: dict[str, NDArray[np.floating]]
    true: int
    other: int
    names: tuple[str, str]


def steps(walk: Walk, sentences: Sequence[str], look: Look) -> go.Figure:
    """Picture and magnified difference above, probabilities of two classes below, one slider over the steps.

    Args:
        walk: clean image, start, then one image a step.
        sentences: one an image, plain text.
        look: palette and letter size.
    """
    first = SLIDER + 1.35 * MOST_LINES + GAP
    tops = [first, first + PICTURES + GAP + 1.2, first + PICTURES + CURVES + 2 * (GAP + 1.2)]
    canvas = Stack(figure(look, 1), look, tops, [PICTURES, CURVES, CURVES])
    canvas.fig.update_layout(
        height=round(canvas.total * look.size), margin={"l": round(3.4 * look.size), "r": 8, "t": 4, "b": 4}
    )
    _pictures(canvas, walk)
    for panel, (label, name) in enumerate(zip((walk.true, walk.other), walk.names, strict=True), start=1):
        _curves(canvas, panel, walk, label, f"Probability of {name}" + (", the true class" if panel == 1 else ""))
    slide(canvas, list(range(len(walk.images))), sentences, len(walk.images) - 1, prefix="image ")
    _name_positions(canvas.fig, len(walk.images))
    return canvas.fig


def step_sentence(probabilities: Mapping[str, NDArray[np.floating]], i: int, names: Sequence[str]) -> str:
    """The i-th image of a walk read aloud: the clean one, the start, and what follows each step."""
    when = {0: "Clean image", 1: "Random start in the ball"}.get(i, f"After step {i - 1}")
    said = [
        f"{who} say {names[int(read[i].argmax())]} ({read[i].max():.0%})"
        if (read := probabilities.get(side)) is not None
        else empty_set(side)
        for side, who in WHO.items()
    ]
    return f"{when}: {', '.join(said)}."


def _name_positions(fig: go.Figure, count: int) -> None:
    """The slider says "clean", "start" and then the number of steps taken."""
    slider = fig.layout.sliders[0]
    for step, word in zip(slider.steps, ["clean", "start", *range(1, count - 1)], strict=True):
        step.label = str(word)
    slider.currentvalue.prefix = "step: "


def _pictures(canvas: Stack, walk: Walk) -> None:
    side = walk.images.shape[-1]
    gap = side / 4
    magnified = 0.5 + (walk.images - walk.images[:1]) / (2 * max(walk.epsilon, 1e-6))
    for place, shots in ((0.0, walk.images), (side + gap, magnified)):
        states = [{"source": small(shot.clip(0, 1).astype(np.float32))} for shot in shots]
        canvas.add({"type": "image", "x0": place, "y0": 0, "dx": 1, "dy": 1, "hoverinfo": "skip"}, 0, states)
    hidden = {"visible": False}
    canvas.axes(
        0, {"range": (-0.5, 2 * side + gap - 0.5), "constrain": "domain", "constraintoward": "left", **hidden},
        {"range": (side - 0.5, -0.5), "scaleanchor": "x", "constrain": "domain", **hidden},
        "The image, and what was added",
        f"right: gray is no change, black or white {255 * walk.epsilon:.3g}/255",
    )  # fmt: skip


def _curves(canvas: Stack, panel: int, walk: Walk, label: int, title: str) -> None:
    look, x = canvas.look, list(range(len(walk.images)))
    colors = look.sides()
    for side, read in walk.probabilities.items():
        color = colors[side]
        y = read[:, label].astype(float).round(4).tolist()
        marker = {"symbol": STYLES[side].symbol, "size": 8, "color": color, "line": {"color": color, "width": 1.5}}
        hover = f"%{{y:.1%}}<extra>{side.replace('non', 'non-')}</extra>"
        trace = {"type": "scatter", "mode": "lines+markers", "x": x, "y": y, "marker": marker, "hovertemplate": hover}
        canvas.add(trace | {"line": {"color": color, "width": 2}}, panel)
    highest = max(float(said[:, [walk.true, walk.other]].max()) for said in walk.probabilities.values())
    top = min(1.0, 1.25 * highest)  # the same on both panels
    mark = {"type": "scatter", "mode": "lines", "line": {"color": look.text, "width": 2}, "hoverinfo": "skip"}
    canvas.add(mark, panel, [{"x": [i, i], "y": [0, top]} for i in x])
    key = "  ".join(
        f'<span style="color:{colors[side]}"><b>{word}</b></span>'
        for side, word in ALONE.items()
        if side in walk.probabilities
    )
    ticks = {"tickvals": x, "ticktext": ["clean", "", *(str(i - 1) for i in x[2:])], "range": (-0.4, len(x) - 0.6)}
    canvas.axes(panel, ticks | {"tickangle": 0}, {"range": (-0.03 * top, 1.05 * top), "tickformat": ".0%"}, title, key)
