"""Stored results to plotly figures, for the command line and the dashboard. A new kind of result is a file and a line.

Importing this package imports plotly, which the rest of the core does without.
"""

from collections.abc import Callable

import plotly.graph_objects as go

from core.analysis.figures import channels, maps, sweep
from core.analysis.figures.page import write_figures, write_page
from core.analysis.look import LIGHT, Look
from core.analysis.results import Result

DRAWN: dict[str, Callable[[Result, Look], dict[str, go.Figure]]] = {
    "sweep": lambda result, look: {"accuracy": sweep.accuracy(result, look), "counts": sweep.counts(result, look)},
    "embed": lambda result, look: {"maps": maps.maps(result, look), "multiples": maps.multiples(result, look)},
    "channels": lambda result, look: {
        "assignment": channels.assignment(result, look),
        "classes": channels.classes(result, look),
        "weights": channels.weights(result, look),
    },
}


def figures(kind: str, result: Result, look: Look = LIGHT) -> dict[str, go.Figure]:
    """Every figure of a result by name."""
    return DRAWN[kind](result, look)


__all__ = ["figures", "write_figures", "write_page"]
