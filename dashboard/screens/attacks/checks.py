"""Whether the numbers can be trusted: what did not pass in words, the rest in a table."""

from typing import Any

import pandas as pd
import streamlit as st

from core.analysis.attacks.sentences import checks_sentence
from core.look import number
from dashboard.frame.view import View
from dashboard.shared.words import plain


def checks(view: View) -> None:
    """One line, the warnings, and every check with its number and limit."""
    found = view.result.summary["diagnostics"]
    if found is None:
        st.info("The checks were not run with this result; compute again with them, or add --diagnosed to the command.")
        return
    st.markdown(plain(checks_sentence(found)))
    for check in found:
        if check["flagged"]:
            said = f"{number(check['number'])} (limit {number(check['threshold'])})"
            text = f"**{plain(check['name'])}** {plain(said)}: {_sentence(check)}"
            st.warning(text, icon=":material/warning:")
    st.table(pd.DataFrame([_row(check) for check in found]).set_index("check"))


def _row(check: dict[str, Any]) -> dict[str, str]:
    return {
        "check": plain(check["name"]), "": "▲ not passed" if check["flagged"] else "● passed",
        "number": number(check["number"]), "limit": number(check["threshold"]),
        "what it means": _sentence(check),
    }  # fmt: skip


def _sentence(check: dict[str, Any]) -> str:
    """As Markdown, with percents as they are written everywhere."""
    return plain(check["sentence"].replace("%", "\u00a0%"))
