"""Label given against label predicted: where the diagonal is lit, the channels repeat whatever they were given."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.analysis.empty_set import NOTHING
from core.look import Look, figure, percent, say, shown


def echo(
    title: str,
    said: NDArray[np.floating],
    class_names: Sequence[str],
    true: int | None,
    look: Look,
    row: float = 1.75,
) -> go.Figure:
    """Label given (down) against what those channels alone predict (across); a circle marks the most probable.

    Args:
        title: which channels.
        said: probabilities, (k given, k predicted); NaN in the row of a label that leaves no channel.
        class_names: of the rows, which are also the columns.
        true: row and column of the true class; None where nobody knows it.
        look: palette and letter size.
        row: height of a label, in lines of text.
    """
    k = len(class_names)
    names = [shown(name, 12) + (" ✓" if i == true else "") for i, name in enumerate(class_names)]
    wide = round(look.size * (1.2 + 0.52 * max(len(name) for name in names)))
    fig = figure(look, 7 + row * k)
    fig.add_heatmap(
        z=said, zmin=0, zmax=1, xgap=2, ygap=2, colorbar=_legend(look),
        colorscale=[[i / (len(look.scale) - 1), color] for i, color in enumerate(look.scale)],
        customdata=[[(given, says) for says in names] for given in names],
        text=[[_percent(value) for value in row] for row in said],
        hovertemplate="given %{customdata[0]}, predicts %{customdata[1]}: %{text}<extra></extra>",
    )  # fmt: skip
    circle = {"size": look.size * 0.6, "color": look.background, "line": {"color": look.text, "width": 1.5}}
    silent = np.isnan(said).any(axis=1)
    speaking = np.flatnonzero(~silent)
    fig.add_scatter(x=said[speaking].argmax(axis=1), y=speaking, mode="markers", marker=circle, hoverinfo="skip")
    if silent.any():
        fig.add_scatter(
            x=np.full(silent.sum(), (k - 1) / 2), y=np.flatnonzero(silent), mode="text", hoverinfo="skip",
            text=[NOTHING] * int(silent.sum()), textfont={"color": look.muted},
        )  # fmt: skip
    say(fig, 0, 1, f"<b>{shown(title)}</b>", look.text, yanchor="bottom")
    ticks = {"tickvals": list(range(k)), "ticktext": names, "showgrid": False}
    return fig.update_layout(
        margin={"l": wide, "r": 4 * look.size, "t": 2 * look.size, "b": round(0.8 * wide) + look.size // 2},
        xaxis={**ticks, "range": (-0.5, k - 0.5), "tickangle": -45},
        yaxis={**ticks, "range": (k - 0.5, -0.5)},
    )


def _legend(look: Look) -> dict[str, Any]:
    """From 0 to 100 %, whatever is shown, so that two pictures can be compared."""
    ticks = {"tickvals": [0, 0.5, 1], "ticktext": [percent(share) for share in (0, 0.5, 1)]}
    return {"thickness": look.size, "outlinewidth": 0, "xpad": look.size // 2, "len": 1, "ypad": 0, **ticks}


def _percent(probability: float) -> str:
    return "" if np.isnan(probability) else percent(float(probability))
