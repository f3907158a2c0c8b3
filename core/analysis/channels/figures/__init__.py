"""What an assignment of channels looks like."""

import plotly.graph_objects as go

from core.analysis.channels.figures.class_strip import class_strip
from core.analysis.channels.figures.noise_points import by_variance, by_weight, points
from core.analysis.channels.figures.share_bars import bars, shares
from core.analysis.results import StoredResult
from core.look import Look, say

NO_WEIGHTS = "Behind this cut there is no pooled linear layer, so a channel has no one weight."


def figures(result: StoredResult, look: Look) -> dict[str, go.Figure]:
    """Every figure of a stored assignment by name."""
    strip, weights, variance = class_strip(result, look), by_weight(result), points(by_variance(result), look)
    how = f"color: share of a class's images in which a channel is robust (n = {result.summary['n']})"
    say(strip, 0, 1.02, how, look.muted, yanchor="bottom")
    found = {"classes": strip, "channels": bars(shares(result), look)}
    if weights is None:
        say(variance, 0, 0, NO_WEIGHTS, look.muted, yanchor="bottom")
    else:
        found["weights"] = points(weights, look)
    return found | {"variance": variance}
