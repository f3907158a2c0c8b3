"""What t-SNE maps of features look like."""

import plotly.graph_objects as go

from core.analysis.clusters.figures import panels
from core.analysis.clusters.figures.scatter_maps import draw
from core.analysis.results import StoredResult
from core.look import Look


def figures(result: StoredResult, look: Look) -> dict[str, go.Figure]:
    """Every figure of stored maps by name."""
    multiples = panels.multiples(result, look)
    return {"maps": maps(result, look)} | ({} if multiples is None else {"multiples": draw(multiples, look)})


def maps(result: StoredResult, look: Look) -> go.Figure:
    """Fig. 2 and its controls: a row a map, a column a side."""
    return draw(panels.every_map(result, look), look)
