"""What the paper prints for such a network, beside a stored evaluation."""

from typing import Any

import pandas as pd
import streamlit as st

from core.analysis.attacks.names import title_of
from core.analysis.paper.compared import compared, departures
from core.analysis.results import StoredResult
from dashboard.answers.remember import remembered
from dashboard.frame.view import View
from dashboard.shared.words import plain


def printed(result: StoredResult) -> pd.DataFrame:
    """The rows of Table 3 for such a network, whose attacks stand under one strength here too."""
    return _rows(result).query("table == 'table3'")


@remembered
def _rows(result: StoredResult) -> pd.DataFrame:
    ours, name = {result.card.name: result}, result.card.name
    rows = pd.concat([compared(table, ours).assign(table=table) for table in ("table3", "table4")], ignore_index=True)
    return rows[rows["model"] == name].drop_duplicates("example").reset_index(drop=True)


def is_printed(view: View) -> bool:
    """Whether the paper prints a number for such a network on such data."""
    return view.stored is not None and not _rows(view.result).empty


def paper(view: View) -> None:
    """The paper's numbers, ours, and what differs between the two networks."""
    rows = _rows(view.result)
    shown = [
        {"attack": title_of(row["example"]), "printed": f"{row['percent']:.1f} %", "ours": _ours(row)}
        for row in rows.to_dict("records")
    ]
    st.table(pd.DataFrame(shown).set_index("attack"))
    differs = "; ".join([*departures(view.card), "fewer test images"])
    st.caption(
        f"What differs: {plain(differs, most=1000)}. In the paper CW and NRF stand beside attacks of a given strength."
    )


def _ours(row: dict[str, Any]) -> str:
    if pd.isna(row.get("ours")):
        return "not in this result"
    return f"{row['ours']:.1f} % [{row['low']:.1f}, {row['high']:.1f}] ({row['difference']:+.1f} points)"
