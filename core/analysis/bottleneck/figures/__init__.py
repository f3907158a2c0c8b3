"""What a sweep over beta looks like."""

import plotly.graph_objects as go

from core.analysis.bottleneck.figures.curves import accuracy, counts
from core.analysis.results import StoredResult
from core.look import Look


def figures(result: StoredResult, look: Look) -> dict[str, go.Figure]:
    """Every figure of a stored sweep by name."""
    return {"accuracy": accuracy(result, look), "counts": counts(result, look)}
