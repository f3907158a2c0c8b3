"""Attacks of one strength, which may be ranked, and the worst case over them."""

from typing import Any

import streamlit as st

from core.analysis.attacks import sentences
from core.analysis.attacks.figures.attack_dots import AttackRow, dots
from core.analysis.attacks.names import WORST, title_of
from core.analysis.results import StoredResult
from core.look import percent
from dashboard.frame.view import View
from dashboard.screens.attacks.printed import printed
from dashboard.screens.attacks.rows import exact
from dashboard.shared.chart import chart
from dashboard.shared.table import below
from dashboard.shared.words import network_name, plain, radius


def bounded(view: View) -> None:
    """A dot an attack with its interval; the same of the model that is compared."""
    result, rows = view.result, view.result.summary["bounded"]
    if not rows:
        st.info("This result holds no attack of a given strength; compute one that does, such as FGSM, BIM and PGD.")
        return
    others = "" if view.rival is None else network_name(view.rival.card)
    chart(dots(_rows(result, view.rival), view.look, others), "bounded", _alt(result))
    norm = "L∞" if rows[0]["norm"] == "linf" else "L2"
    marks = [f"All within {norm} {radius(rows[0]['epsilon'])}, so they can be ranked. Bars: 95\u00a0% intervals."]
    marks += [] if view.rival is None else [f"◇ {plain(others)}."]
    marks += [] if printed(result).empty else ["✕ printed in the paper."]
    below(" ".join(marks), "bounded", {"Show data": exact(result, "bounded")})


def _alt(result: StoredResult) -> str:
    summary = result.summary
    named = "; ".join(f"{title_of(row['label'])} {percent(row['accuracy']['value'])}" for row in summary["bounded"])
    return f"{sentences.answer(summary)} Attack by attack: {named}."


def _rows(result: StoredResult, rival: StoredResult | None) -> list[AttackRow]:
    summary, table = result.summary, printed(result)
    theirs = {} if rival is None else _values(rival.summary, summary["worst_case"])
    paper = {} if table.empty else dict(zip(table["example"], table["percent"] / 100, strict=True))
    weakest_first = sorted(summary["bounded"], key=lambda row: -row["accuracy"]["value"])
    found = [("clean", summary["clean"]), *((row["label"], row["accuracy"]) for row in weakest_first)]
    return [
        AttackRow(
            "no attack" if name == "clean" else title_of(name), part["value"], part["low"], part["high"],
            attacked=name != "clean", strong=name == WORST, rival=theirs.get(name), printed=paper.get(name),
        )
        for name, part in [*found, (WORST, summary["worst_case"])]
    ]  # fmt: skip


def _values(summary: dict[str, Any], worst: dict[str, Any]) -> dict[str, float]:
    """By row; the worst case only where it is one over the same attacks."""
    found = {row["label"]: row["accuracy"]["value"] for row in summary["bounded"]}
    theirs = summary["worst_case"]
    same = theirs is not None and theirs["over"] == worst["over"]
    return found | {"clean": summary["clean"]["value"]} | ({WORST: theirs["value"]} if same else {})
