"""Where a split comes from against what its robust channels say."""

import textwrap
from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from core.analysis.paper.figures.figure5 import PERCENTS
from core.look import Look, figure, say, shown

LINE = 42  # letters that stand beside one another on a phone


def sources(cells: pd.DataFrame, words: Mapping[str, str], look: Look) -> go.Figure:
    """A row a source: the robust channels' share of true labels and of those given, clean and under PGD.

    Args:
        cells: of `core.analysis.paper.table1.Table1`, one tolerance.
        words: what each source is.
        look: palette and letter size.
    """
    rows = cells[cells["side"] == "robust"].set_index(["source", "example", "against"]).sort_index()
    names = [name for name in words if name in rows.index.get_level_values(0)]
    fig = figure(look, 8 + 5 * len(names))
    drawn = (
        ("clean", "true", "clean: the true label", look.robust, "circle"),
        ("pgd", "true", "PGD: the true label", look.adversarial, "circle-open"),
        ("clean", "supplied", "clean: the label given", look.clean, "diamond-open"),
    )
    for example, against, label, color, symbol in drawn:
        part = rows.loc[[(name, example, against) for name in names]]
        fig.add_scatter(
            x=part["value"], y=list(range(len(names))), mode="markers", name=label,
            error_x={
                "array": part["high"] - part["value"], "arrayminus": part["value"] - part["low"], "symmetric": False,
                "color": color, "thickness": 1, "width": 0,
            },
            marker={"symbol": symbol, "size": look.size * 0.8, "color": color, "line": {"width": 2, "color": color}},
            hovertemplate=f"{label}: %{{x:.1%}}<extra></extra>",
        )  # fmt: skip
    signs = [f"<span style='color:{color}'>{_SIGNS[symbol]} {label}</span>" for _, _, label, color, symbol in drawn]
    say(fig, 0, 1.0, "<br>".join(signs), look.text, yanchor="bottom")
    for i, name in enumerate(names):
        lines = textwrap.wrap(words[name], LINE, initial_indent=" " * len(name))  # the name's own place
        said = "<br>".join(shown(line.strip(), LINE) for line in lines)
        fig.add_annotation(
            x=0, y=i, xref="x", yref="y", text=f"<b>{shown(name)}</b>: {said}", showarrow=False,
            align="left", xanchor="left", yanchor="bottom", yshift=look.size * 0.5, font={"color": look.muted},
        )  # fmt: skip
    fig.update_xaxes(range=(-0.02, 1.04), **PERCENTS)
    fig.update_yaxes(range=(len(names) - 0.5, -0.9), showticklabels=False, showgrid=False)
    return fig.update_layout(margin={"l": 6, "r": 6, "t": 4.8 * look.size, "b": 2.2 * look.size})


_SIGNS = {"circle": "●", "circle-open": "○", "diamond-open": "◇"}
