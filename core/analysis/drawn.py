"""Stored results to plotly figures, for the command line and the dashboard. A new kind of result is a file and a line.

Importing this package imports plotly, which the rest of the core does without.
"""

from collections.abc import Callable

import plotly.graph_objects as go

from core.analysis.bottleneck.figures import curves as sweep
from core.analysis.channels.figures import tables as channels
from core.analysis.clusters import figures as maps
from core.analysis.page import write_figures, write_page
from core.analysis.results import StoredResult
from core.look import LIGHT, Look

DRAWN: dict[str, Callable[[StoredResult, Look], dict[str, go.Figure]]] = {
    "bottleneck": lambda result, look: {"accuracy": sweep.accuracy(result, look), "counts": sweep.counts(result, look)},
    "clusters": lambda result, look: {"maps": maps.maps(result, look), "multiples": maps.multiples(result, look)},
    "channels": lambda result, look: {
        "assignment": channels.assignment(result, look),
        "classes": channels.classes(result, look),
        "weights": channels.weights(result, look),
    },
}


def figures(kind: str, result: StoredResult, look: Look = LIGHT) -> dict[str, go.Figure]:
    """Every figure of a result by name."""
    return DRAWN[kind](result, look)


__all__ = ["figures", "write_figures", "write_page"]
