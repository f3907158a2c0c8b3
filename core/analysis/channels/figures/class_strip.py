"""Class by channel: in which share of a class's images a channel is robust, similar ones side by side."""

import numpy as np
import plotly.graph_objects as go

from core.analysis.channels.figures.share_bars import percents
from core.analysis.results import StoredResult
from core.look import PRESENT_SIZE, Look, figure, shown

MOST_ROWS = 60  # that get a line of their own
LETTERS = 14  # of a class's name
LETTER = 0.55  # width of one, in letter sizes
LEGEND, BELOW = 3.0, 2.2  # heights of the legend above and of the words below, in letter sizes


def class_strip(result: StoredResult, look: Look, chosen: int = -1, label: int = -1) -> go.Figure:
    """The heat strip, with one channel and one class framed; -1 for none. A click anywhere picks the channel there."""
    table, names = result.table("classes"), result.manifest["class_names"]
    rows, columns = result.summary["class_order"], result.summary["channel_order"]
    share = table.pivot_table(index="class", columns="channel", values="robust_share", dropna=False).to_numpy()
    row = 1.3 if look.size >= PRESENT_SIZE else 2  # of large letters fewer lines fit a screen
    fig = figure(look, LEGEND + BELOW + row * min(len(rows), MOST_ROWS))
    fig.add_heatmap(
        z=100 * share[np.ix_(rows, columns)], zmin=0, zmax=100, customdata=np.tile(columns, (len(rows), 1)),
        colorscale=[[i / (len(look.scale) - 1), color] for i, color in enumerate(look.scale)], colorbar=_legend(look),
        text=[[shown(names[row], LETTERS)] * len(columns) for row in rows], y=list(range(len(rows))),
        hovertemplate="channel %{customdata}, %{text}: robust in %{z:.0f} %<extra></extra>",
    )  # fmt: skip
    _clickable(fig, columns, len(rows))
    where = "" if chosen in columns else f"{len(columns)} channels, similar ones side by side"
    title = {"text": where, "font": {"size": look.size}}  # in its place stands the number of the one that is chosen
    fig.update_xaxes(
        title=title, title_standoff=16, showticklabels=False, showgrid=False, range=(-0.5, len(columns) - 0.5)
    )  # fmt: skip
    called = [shown(names[row], LETTERS) for row in rows]
    fig.update_yaxes(tickvals=list(range(len(rows))), ticktext=called, showgrid=False, range=(-0.5, len(rows) - 0.5))
    _frame(fig, rows, columns, chosen, label, look)
    left = round((1.5 + LETTER * max(map(len, called))) * look.size)
    return fig.update_layout(
        margin={"l": left, "r": 6, "t": round(LEGEND * look.size), "b": round(BELOW * look.size)}, hovermode="x"
    )


def _legend(look: Look) -> dict[str, object]:
    """From 0 to 100 %, above the strip's right end."""
    ends = percents(0, 0.5, 1)
    places = [100 * value for value in ends["tickvals"]]
    return {
        "orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom", "len": 180, "lenmode": "pixels",
        "thickness": 8, "outlinewidth": 0, "ypad": 2, "xpad": 24, "tickvals": places,
        "ticktext": ends["ticktext"], "tickfont": {"size": look.size},
    }  # fmt: skip


def _clickable(fig: go.Figure, columns: list[int], rows: int) -> None:
    """A heat map cannot be picked from; an unseen point in every column can, and the nearest one answers a click."""
    unseen = {"marker": {"opacity": 0}}
    fig.add_scatter(
        x=list(range(len(columns))), y=[(rows - 1) / 2] * len(columns), customdata=columns, mode="markers",
        hoverinfo="none", marker={"opacity": 0}, selected=unseen, unselected=unseen,
    )  # fmt: skip


def _frame(fig: go.Figure, rows: list[int], columns: list[int], chosen: int, label: int, look: Look) -> None:
    line = {"color": look.text, "width": 2}
    if chosen in columns:
        at = columns.index(chosen)
        fig.add_shape(type="rect", x0=at - 0.5, x1=at + 0.5, y0=0, y1=1, yref="paper", line=line)
        fig.update_xaxes(tickvals=[at], ticktext=[f"<b>channel {chosen}</b>"], showticklabels=True)
    if label in rows:
        at = rows.index(label)
        fig.add_shape(type="rect", x0=0, x1=1, xref="paper", y0=at - 0.5, y1=at + 0.5, line=line)
