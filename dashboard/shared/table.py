"""The table behind a chart, to read and to take away."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.shared.claim import note

if TYPE_CHECKING:
    import pandas as pd


def show_data(table: "pd.DataFrame", key: str, title: str = "Show data") -> None:
    """A quiet button that opens the numbers of the chart above it, with a CSV of them."""
    with st.popover(title, type="tertiary", key=f"data_{key}"):
        st.dataframe(table, key=f"table_{key}", height=320)
        st.download_button(
            "CSV", data=lambda: table.to_csv().encode(), file_name=f"{key}.csv", mime="text/csv",
            key=f"csv_{key}", on_click="ignore",
        )  # fmt: skip


def below(text: str, key: str, tables: "Mapping[str, pd.DataFrame]") -> None:
    """How to read the picture above, and the tables behind it by the words on their buttons, in one row."""
    with st.container(key=f"below_{key}", horizontal=True, vertical_alignment="center", gap="small"):
        note(text)
        for number, (title, table) in enumerate(tables.items()):
            show_data(table, f"{key}_{number}" if number else key, title)


def explained(title: str, plain: str, formula: str, exact: str, key: str) -> None:
    """Plain words first, then the equation, behind a quiet button."""
    with st.popover(title, type="tertiary", key=f"formula_{key}", icon=":material/function:"):
        st.markdown(plain)
        st.latex(formula)
        st.caption(exact)
