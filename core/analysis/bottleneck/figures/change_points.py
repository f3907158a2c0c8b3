"""For each channel of one image, the beta at which it leaves the robust side."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.analysis.bottleneck.figures.beta_axis import labels, position
from core.look import Look, figure, number, say


def changes(channels: NDArray[np.intp], at: NDArray[np.floating], betas: Sequence[float], look: Look) -> go.Figure:
    """The beta at which each channel leaves the robust side, most robust first; up at the end: it never does.

    Args:
        channels: numbers, in order, (c,).
        at: as `core.analysis.bottleneck.findings.changes_at` returns it, in the same order, (c,).
        betas: the grid.
        look: palette and letter size.
    """
    end = len(betas) - 0.2
    heights = [end if np.isinf(beta) else position(betas, float(beta)) if beta > 0 else 0.0 for beta in at]
    fig = figure(look, 20)
    colors = [look.robust if beta > 0 else look.nonrobust for beta in at]
    words = ["beyond the grid" if np.isinf(beta) else number(beta) if beta > 0 else "never robust" for beta in at]
    fig.add_scatter(
        x=list(range(len(at))), y=heights, mode="markers", customdata=list(zip(channels.tolist(), words, strict=True)),
        marker={
            "color": colors, "size": 7, "symbol": ["circle" if beta > 0 else "triangle-up" for beta in at],
        },
        hovertemplate="channel %{customdata[0]}: %{customdata[1]}<extra></extra>",
    )  # fmt: skip
    say(fig, 0, 1, "β where it changes side; &gt; is beyond", look.muted,
        yanchor="bottom")  # fmt: skip
    return fig.update_layout(
        margin={"l": round(3.4 * look.size), "r": 8, "t": 2 * look.size, "b": 6},
        xaxis={"range": (-1, len(at)), "showticklabels": False, "showgrid": False},
        yaxis={"tickvals": [*range(len(betas)), end], "ticktext": [*labels(betas), ">"], "range": (-0.6, end + 0.5)},
    )
