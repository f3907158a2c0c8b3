"""Attacks that look for a small change: how far an image must move."""

import pandas as pd
import streamlit as st

from core.analysis.attacks.figures.falling_lines import Line, Marks, falling
from core.analysis.attacks.findings import curve, distortions, reach_of
from core.analysis.attacks.names import title_of
from core.analysis.results import StoredResult
from core.look import Look, percent
from dashboard.frame.view import View
from dashboard.screens.attacks.rows import exact
from dashboard.screens.attacks.versus import pairs
from dashboard.shared.chart import chart
from dashboard.shared.table import below

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def distance(view: View) -> None:
    """Accuracy along the size of the change that counts, a curve an attack."""
    result = view.result
    if not result.summary["minimal_norm"]:
        st.info("This result holds no attack without a bound; compute one that does, such as CW and NRF.")
        return
    images = result.table("images")
    at = next((pair.radius for pair in pairs(result) if pair.radius is not None), None)
    marks = Marks({} if at is None else {"compared here": at})
    lines = _lines(images, view.rival, view.look)
    ends = ", ".join(f"{line.name} {percent(float(line.curve['value'].iloc[-1]))}" for line in lines)
    alt = f"The further an image may move, the fewer stay right. At the right end: {ends}."
    chart(falling(lines, view.look, "largest L2 change", marks), "distortion", alt)
    every = images[images["kind"] == "minimal_norm"].set_index(["attack", "index"])
    tables = {"Show data": exact(result, "minimal_norm"), "Show every image": every}
    below("A lower curve is a stronger attack. Shaded: 95\u00a0% interval.", "distortion", tables)


def _lines(images: pd.DataFrame, rival: StoredResult | None, look: Look) -> list[Line]:
    reach, lines = reach_of(images), []
    labels = list(dict.fromkeys(images.loc[images["kind"] == "minimal_norm", "attack"]))
    colors, count = {"cw": look.nonrobust, "nrf": look.robust}, dict.fromkeys(("cw", "nrf", ""), 0)
    for label in labels:
        family = label.split()[0] if label.split()[0] in colors else ""
        dash = DASHES[count[family] % len(DASHES)]
        count[family] += 1
        drawn = curve(distortions(images, label), reach)
        lines.append(Line(_short(label), drawn, colors.get(family, look.text), dash, band=label == "nrf"))
    theirs = None if rival is None else rival.table("images")
    if theirs is not None and "nrf" in set(theirs["attack"]):
        drawn = curve(distortions(theirs, "nrf"), reach)
        lines.append(Line("NRF, compared", drawn, look.muted, "longdashdot"))
    return lines


def _short(label: str) -> str:
    """A name for the margin: without brackets, and without what all of them are about."""
    return title_of(label).replace(" (", " ").replace(")", "").replace(" channels", "")
