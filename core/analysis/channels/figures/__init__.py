"""What an assignment of channels looks like."""

import plotly.graph_objects as go

from core.analysis.channels.figures.assignment_bars import assignment, clouds, shares
from core.analysis.channels.figures.class_strip import class_strip
from core.analysis.results import StoredResult
from core.look import Look, say

NO_WEIGHTS = "Behind this cut there is no pooled linear layer, so a channel has no one weight."


def figures(result: StoredResult, look: Look) -> dict[str, go.Figure]:
    """Every figure of a stored assignment by name."""
    bars, strip = assignment(shares(result), clouds(result), look), class_strip(result, look)
    if not result.summary["linear_tail"]:
        say(bars, 0, 0, NO_WEIGHTS, look.muted)
    how = f"color: share of a class's images in which a channel is robust (n = {result.summary['n']})"
    say(strip, 0, 1.02, how, look.muted, yanchor="bottom")
    strip.update_layout(margin_t=round(2.4 * look.size))
    return {"assignment": bars, "classes": strip}
