"""Class by channel: in which share of a class's images a channel is robust, similar ones side by side."""

import numpy as np
import plotly.graph_objects as go

from core.analysis.results import StoredResult
from core.look import Look, figure, shown

MOST_ROWS = 60  # that get a line of their own


def class_strip(result: StoredResult, look: Look, chosen: int = -1, label: int = -1) -> go.Figure:
    """The heat strip, with one channel and one class framed; -1 for none."""
    table, names = result.table("classes"), result.manifest["class_names"]
    rows, columns = result.summary["class_order"], result.summary["channel_order"]
    share = table.pivot_table(index="class", columns="channel", values="robust_share", dropna=False).to_numpy()
    fig = figure(look, 9 + 1.6 * min(len(rows), MOST_ROWS))
    fig.add_heatmap(
        z=share[np.ix_(rows, columns)], zmin=0, zmax=1, customdata=np.tile(columns, (len(rows), 1)),
        colorscale=[[i / (len(look.scale) - 1), color] for i, color in enumerate(look.scale)],
        colorbar={"tickformat": ".0%", "thickness": 8, "outlinewidth": 0},
        hovertemplate="channel %{customdata}, %{y}: robust in %{z:.0%}<extra></extra>", y=list(range(len(rows))),
    )  # fmt: skip
    title = {"text": f"{len(columns)} channels, similar ones side by side", "font": {"size": look.size}}
    fig.update_xaxes(title=title, title_standoff=16, showticklabels=False)
    fig.update_yaxes(tickvals=list(range(len(rows))), ticktext=[shown(names[row], 14) for row in rows], showgrid=False)
    _frame(fig, rows, columns, chosen, label, look)
    return fig.update_layout(margin={"l": 8 * look.size, "r": 6, "t": 4, "b": round(3.4 * look.size)})


def _frame(fig: go.Figure, rows: list[int], columns: list[int], chosen: int, label: int, look: Look) -> None:
    line = {"color": look.text, "width": 2}
    if chosen in columns:
        at = columns.index(chosen)
        fig.add_shape(type="rect", x0=at - 0.5, x1=at + 0.5, y0=0, y1=1, yref="paper", line=line)
        fig.update_xaxes(tickvals=[at], ticktext=[f"<b>channel {chosen}</b>"], showticklabels=True)
    if label in rows:
        at = rows.index(label)
        fig.add_shape(type="rect", x0=0, x1=1, xref="paper", y0=at - 0.5, y1=at + 0.5, line=line)
