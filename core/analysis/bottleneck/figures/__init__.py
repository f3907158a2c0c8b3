"""What a sweep over beta looks like."""

import plotly.graph_objects as go

from core.analysis.bottleneck.figures.curves import Curves, panels
from core.analysis.bottleneck.figures.still import still
from core.analysis.results import StoredResult
from core.look import Look


def figures(result: StoredResult, look: Look) -> dict[str, go.Figure]:
    """Every figure of a stored sweep by name."""
    main = Curves.of(result)
    return {"bottleneck": still(panels(main, look), main.betas, look)}
