"""What an assignment of channels looks like."""

import plotly.graph_objects as go

from core.analysis.channels.figures.tables import assignment, classes, weights
from core.analysis.results import StoredResult
from core.look import Look


def figures(result: StoredResult, look: Look) -> dict[str, go.Figure]:
    """Every figure of a stored assignment by name."""
    return {
        "assignment": assignment(result, look),
        "classes": classes(result, look),
        "weights": weights(result, look),
    }
