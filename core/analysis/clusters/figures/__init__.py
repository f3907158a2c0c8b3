"""What t-SNE maps of features look like."""

import plotly.graph_objects as go

from core.analysis.clusters.figures import panels
from core.analysis.clusters.figures.maps import draw
from core.analysis.results import StoredResult
from core.look import Look


def figures(result: StoredResult, look: Look) -> dict[str, go.Figure]:
    """Every figure of stored maps by name."""
    found = {"maps": panels.every_map(result, look), "multiples": panels.multiples(result, look)}
    return {name: draw(maps, look) for name, maps in found.items() if maps is not None}
