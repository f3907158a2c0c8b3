"""A chart with what every chart owes: words for who cannot see it, its numbers, and a picture to take away."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.shared.table import show_data

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

FORMATS = ("png", "svg")
_FORMAT = "picture_format"  # in the session: what the camera of every chart saves


def chart(figure: "go.Figure", key: str, alt: str, table: "pd.DataFrame | None" = None, **more: Any) -> Any:
    """Draw a plotly figure, and under it the button that opens its table.

    Args:
        figure: of a `figures` of `core.analysis`.
        key: of the chart, and the name of its files.
        alt: what the chart shows, in a sentence.
        table: its numbers; None where they stand elsewhere on the page.
        more: for `st.plotly_chart`, such as `on_select`.
    Returns:
        What `st.plotly_chart` does: the points selected, where it was asked for.
    """
    found = st.plotly_chart(figure, theme=None, key=key, config=config(key), alt=alt, **more)
    if table is not None:
        show_data(table, key)
    return found


def config(key: str) -> dict[str, Any]:
    """The chart's camera saves `key` in the format that the session chose; no other button, nothing is uploaded."""
    picture = {"format": chosen_format(), "scale": 2, "filename": key}
    return {"displaylogo": False, "modeBarButtons": [["toImage"]], "toImageButtonOptions": picture}


def chosen_format() -> str:
    """In which format pictures of charts are saved."""
    return str(st.session_state.get(_FORMAT, FORMATS[0]))


def picture_format(key: str) -> None:
    """Choose what the cameras of the page save."""
    widget = f"format_{key}"
    st.session_state[widget] = chosen_format()
    st.segmented_control(
        "The camera above a chart saves it as", FORMATS, format_func=str.upper, key=widget, required=True,
        on_change=_set_format, args=(widget,),
    )  # fmt: skip


def _set_format(widget: str) -> None:
    st.session_state[_FORMAT] = st.session_state[widget]
