"""How many channels must go before the network says another class."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.look import Look, figure, say, tint


def flips(sizes: NDArray[np.integer], look: Look, here: int | None = None) -> go.Figure:
    """How many images change their class when the right so many channels are removed, with the current image's size."""
    found, counts = np.unique(sizes[sizes > 0], return_counts=True)
    fig = figure(look, 15)
    marked = [look.text if size == here else tint(look.clean, 0.5, look) for size in found]
    fig.add_bar(
        x=found, y=counts, marker={"color": marked},
        hovertemplate="%{y} images change with %{x} channels<extra></extra>",
    )  # fmt: skip
    if here:
        count, mark = int(counts[found == here].sum()), {"color": look.text}
        fig.add_annotation(x=here, y=count, text="▼", showarrow=False, yanchor="bottom", font=mark)
    said = f"images, of {len(sizes)}"
    said += f"; {int((sizes == 0).sum())} never change" if (sizes == 0).any() else ""
    say(fig, 0, 1.02, said + ("; ▼ this one" if here else ""), look.muted, yanchor="bottom")
    title = {"text": "channels that must go to change it", "standoff": 4, "font": {"size": look.size}}
    fig.update_xaxes(title=title, showgrid=False, range=(0, max(found.max(initial=1), here or 0) + 1))
    fig.update_yaxes(range=(0, counts.max(initial=1) * 1.15))
    return fig.update_layout(margin={"l": 3 * look.size, "r": 8, "t": 2 * look.size, "b": round(3.2 * look.size)})
