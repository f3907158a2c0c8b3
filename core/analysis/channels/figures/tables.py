"""How often each channel is robust, for which class, and what the classifier's weights say of it."""

import numpy as np
import plotly.graph_objects as go

from core.analysis.results import StoredResult
from core.look import Look, figure, say, shown, tint

MOST = 4000  # points of the scatter; of more, every so many-th is drawn


def assignment(result: StoredResult, look: Look) -> go.Figure:
    """Share of images in which a channel is robust, most robust first; whiskers span the seeds."""
    table = result.table("channels").sort_values("robust_share", ascending=False, kind="stable")
    share = table["robust_share"]
    fig = figure(look, 22)
    fig.add_bar(
        x=np.arange(len(table)), y=share, customdata=table["channel"], marker={"color": tint(look.robust, 0.55, look)},
        error_y={
            "array": table["robust_share_high"] - share, "arrayminus": share - table["robust_share_low"],
            "symmetric": False, "color": look.text, "thickness": 1, "width": 0,
        },
        hovertemplate="channel %{customdata}: robust in %{y:.1%} of the images<extra></extra>",
    )  # fmt: skip
    say(fig, 0, 1.02, _how(result, "images in which a channel is robust; whiskers: lowest and highest seed"),
        look.muted, yanchor="bottom")  # fmt: skip
    fig.update_xaxes(title=_title(f"{len(table)} channels, sorted", look), showgrid=False, showticklabels=False)
    fig.update_yaxes(range=(0, 1), tickformat=".0%")
    return fig.update_layout(margin={"l": 3.4 * look.size, "r": 6, "t": 2.4 * look.size, "b": 2.4 * look.size})


def classes(result: StoredResult, look: Look) -> go.Figure:
    """Class by channel: the share of a class's images in which a channel is robust, similar ones side by side."""
    table, names = result.table("classes"), result.manifest["class_names"]
    rows, columns = result.summary["class_order"], result.summary["channel_order"]
    share = table.pivot_table(index="class", columns="channel", values="robust_share", dropna=False).to_numpy()
    fig = figure(look, 9 + 1.6 * min(len(rows), 60))
    fig.add_heatmap(
        z=share[np.ix_(rows, columns)], zmin=0, zmax=1, customdata=np.tile(columns, (len(rows), 1)),
        colorscale=[[i / (len(look.scale) - 1), color] for i, color in enumerate(look.scale)],
        colorbar={"tickformat": ".0%", "thickness": 10, "outlinewidth": 0},
        hovertemplate="channel %{customdata}, %{y}: robust in %{z:.0%}<extra></extra>", y=list(range(len(rows))),
    )  # fmt: skip
    say(fig, 0, 1.02, _how(result, "images of a class in which a channel is robust"), look.muted, yanchor="bottom")
    fig.update_xaxes(title=_title(f"{len(columns)} channels, similar ones side by side", look), showticklabels=False)
    fig.update_yaxes(tickvals=list(range(len(rows))), ticktext=[shown(names[row], 14) for row in rows], showgrid=False)
    return fig.update_layout(margin={"l": 8 * look.size, "r": 6, "t": 2.4 * look.size, "b": 2.4 * look.size})


def weights(result: StoredResult, look: Look) -> go.Figure:
    """Noise a channel tolerates against how far its weight speaks for the class that was supplied."""
    table = result.table("classes").dropna()
    if table.empty:
        fig = figure(look, 4)
        say(fig, 0, 0.5, "Behind this cut there is no pooled linear layer, so a channel has no one weight.", look.muted)
        return fig
    drawn = table.iloc[:: -(-len(table) // MOST)]
    found = result.summary["agreement"]["weights"]
    fig = figure(look, 26)
    fig.add_scatter(
        x=drawn["weight_margin"], y=drawn["mean_log_noise"], mode="markers", customdata=drawn[["channel", "class"]],
        marker={
            "size": 5, "opacity": 0.7, "color": drawn["robust_share"], "cmin": 0, "cmax": 1,
            "colorscale": [[0, look.nonrobust], [0.5, look.muted], [1, look.robust]],
            "colorbar": {"title": _title("robust in", look), "tickformat": ".0%", "thickness": 10, "outlinewidth": 0},
        },
        hovertemplate="channel %{customdata[0]}, class %{customdata[1]}<extra></extra>",
    )  # fmt: skip
    rank, overlap = (found[name]["mean"] if found[name] else float("nan") for name in ("spearman", "jaccard"))
    text = f"a point is a class and channel; rank correlation over channels {rank:.2f}, overlap {overlap:.0%}"
    say(fig, 0, 1.02, _how(result, text), look.muted, yanchor="bottom")
    fig.update_xaxes(title=_title("weight for the class, less the mean weight over classes", look), zeroline=True,
                     zerolinecolor=look.muted)  # fmt: skip
    fig.update_yaxes(title=_title("noise tolerated, mean log₁₀ σ²", look))
    return fig.update_layout(margin={"l": 4.6 * look.size, "r": 6, "t": 2.4 * look.size, "b": 3.4 * look.size})


def _title(text: str, look: Look) -> dict[str, object]:
    return {"text": text, "font": {"size": look.size}}


def _how(result: StoredResult, text: str) -> str:
    return f"{text} (n = {result.summary['n']})"
