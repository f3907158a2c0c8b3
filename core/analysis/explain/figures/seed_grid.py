"""Masks under several seeds: one row a seed, one column a channel."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.analysis.explain.figures.noise_bars import sorted_channels
from core.look import Look, figure

ROW = 4  # cells that a seed takes: two tall ones, one that both kinds fill, one of air


def seeds(masks: NDArray[np.bool_], noise: NDArray[np.floating], look: Look) -> go.Figure:
    """Tall blue is robust, low orange is not; a diamond marks a channel that changes sides.

    Args:
        masks: robust or not, (seeds, c).
        noise: sigma^2 under the first seed, (c,), which gives the order.
        look: palette and letter size.
    """
    order = sorted_channels(noise)
    sides = masks[:, order]
    picture = np.full((len(masks) * ROW, len(order)), np.nan)
    picture[ROW - 2 :: ROW] = sides
    for tall in range(ROW - 2):
        picture[tall::ROW] = np.where(sides, 1, np.nan)
    colors = [[0, look.nonrobust], [1, look.robust]]
    fig = figure(look, 2.2 * len(masks) + 2.6)
    fig.add_heatmap(z=picture, zmin=0, zmax=1, colorscale=colors, showscale=False, xgap=1, hoverinfo="skip")
    changes = np.flatnonzero(sides.any(axis=0) & ~sides.all(axis=0))
    fig.add_scatter(
        x=changes, y=np.full(len(changes), len(picture) + 0.2), customdata=order[changes], mode="markers",
        marker={"symbol": "diamond", "size": 6, "color": look.text},
        hovertemplate="channel %{customdata} changes<extra></extra>",
    )  # fmt: skip
    rows = {"tickvals": np.arange(len(masks)) * ROW + 1, "ticktext": [f"seed {i}" for i in range(len(masks))]}
    return fig.update_layout(
        margin={"l": 4 * look.size, "r": 6, "t": 4, "b": 4},
        xaxis={"visible": False, "range": (-0.8, len(order) - 0.2)},
        yaxis={**rows, "range": (len(picture) + 1.5, -0.7), "showgrid": False},
    )
