"""Palette and plotly template, light and dark: blue circle robust, orange triangle not; violet attacked, gray clean."""

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go

FONT = '"Source Sans", "Source Sans 3", "Segoe UI", "Helvetica Neue", Arial, sans-serif'


@dataclass(frozen=True)
class Look:
    """Colors and sizes of every figure.

    Args:
        robust, nonrobust, adversarial, clean: the four roles; a shape, dash or hatch always doubles them.
        text, muted, faint: words, captions, tracks and grid lines.
        background: of the page, for outlines.
        scale: what one more of something looks like, from none to all.
        classes: one color a class, told apart by the color-blind as far as ten can be; names do the rest.
        size: of the letters, in pixels.
    """

    robust: str
    nonrobust: str
    adversarial: str
    clean: str
    text: str
    muted: str
    faint: str
    background: str
    scale: tuple[str, str, str]
    classes: tuple[str, ...]
    size: int = 13

    def sides(self, attacked: bool = False) -> dict[str, str]:
        """A color for what all, the robust and the non-robust channels of an image say."""
        whole = self.adversarial if attacked else self.clean
        return {"all": whole, "robust": self.robust, "nonrobust": self.nonrobust}


LIGHT = Look(
    robust="#0072B2",
    nonrobust="#D55E00",
    adversarial="#CC79A7",
    clean="#4D4D4D",
    text="#0E1116",
    muted="#5F6873",
    faint="#E9EDF1",
    background="#FFFFFF",
    scale=("#F4F6F8", "#7FB8DA", "#00507D"),
    classes=(
        "#332288", "#55A8D8", "#2F9C88", "#117733", "#8A8A26", "#C9A72E", "#CC6677", "#882255", "#AA4499", "#6E6E6E",
    ),
)  # fmt: skip
DARK = Look(
    robust="#56B4E9",
    nonrobust="#E69F00",
    adversarial="#CC79A7",
    clean="#BDBDBD",
    text="#E7EAED",
    muted="#A3ACB6",
    faint="#2A323B",
    background="#12161B",
    scale=("#1C2229", "#2F7FB0", "#BFE4FA"),
    classes=(
        "#7B8FE8", "#99DDFF", "#44BB99", "#BBCC33", "#A5A52A", "#EEDD88", "#EE8866", "#FF7FA5", "#C58BE8", "#C8C8C8",
    ),
)  # fmt: skip
PRESENT_SIZE = 20


def figure(look: Look, height: float) -> "go.Figure":
    """An empty figure in the project's one template; `height` in lines of text."""
    import plotly.graph_objects as go  # a page without a figure does without

    return go.Figure(_template(look), layout_height=round(height * look.size))


def _template(look: Look) -> "go.Figure":
    """What every figure begins with; plotly checks each word of a layout, which takes longer than a copy."""
    import plotly.graph_objects as go

    fig = go.Figure()
    axis = {
        "color": look.muted,
        "gridcolor": look.faint,
        "linecolor": look.faint,
        "zeroline": False,
        "ticks": "",
        "fixedrange": True,
        "automargin": False,
    }
    fig.update_layout(
        template=go.layout.Template(layout={"xaxis": axis, "yaxis": axis}),
        font={"family": FONT, "size": look.size, "color": look.text},
        paper_bgcolor=look.background,
        plot_bgcolor=look.background,
        modebar={"bgcolor": look.background, "color": look.muted, "activecolor": look.robust},
        margin={"l": 4, "r": 4, "t": 4, "b": 4},
        showlegend=False,
        hoverlabel={"font": {"family": FONT, "size": look.size}, "bgcolor": look.background, "align": "left"},
        dragmode=False,
        bargap=0.15,
    )
    return fig


def shown(text: str, most: int = 40) -> str:
    """`text` for a figure: plotly reads a little HTML, so whatever came from outside is escaped and shortened."""
    return escape(text if len(text) <= most else text[: most - 1] + "…")


def percent(fraction: float) -> str:
    """A fraction as it is written everywhere: whole percents; "<1 %" and ">99 %" where rounding would lie."""
    if 0 < fraction < 0.005:
        return "<1\u00a0%"
    if 0.995 <= fraction < 1:
        return ">99\u00a0%"
    return f"{100 * fraction:.0f}\u00a0%"


def number(value: float) -> str:
    """A number as it is written everywhere: three significant digits, never without the zero before the point."""
    return f"{value:.3g}".replace("-", "\u2212")


def tint(color: str, share: float, look: Look) -> str:
    """`color` mixed into the page's background: 1 is the color itself."""
    return _mixed(color, look.background, share)


def ink(color: str, look: Look) -> str:
    """`color` for letters, which need more contrast to the page than a bar does."""
    return _mixed(color, look.text, 0.8)


def _mixed(color: str, other: str, share: float) -> str:
    parts = (round(share * int(color[i : i + 2], 16) + (1 - share) * int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{part:02X}" for part in parts)


def column(index: int, count: int, gap: float) -> tuple[float, float]:
    """Left and right end of one of `count` columns with `gap` between them, as shares of the figure."""
    width = (1 - gap * (count - 1)) / count
    return index * (width + gap), min(1.0, index * (width + gap) + width)


def say(
    fig: "go.Figure", x: float, y: float, text: str, color: str, size: int | None = None, yanchor: str = "top"
) -> None:
    """Write `text`, escaped before, with its left end at a share (x, y) of the figure."""
    font = {"color": color} | ({"size": size} if size else {})
    fig.add_annotation(
        x=x, y=y, xref="paper", yref="paper", text=text, font=font, showarrow=False, align="left",
        xanchor="left", yanchor=yanchor, xshift=-2,
    )  # fmt: skip
