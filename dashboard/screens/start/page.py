"""The first screen: what this is for, shown on one image from stored results, and the ways on. No torch here."""

from typing import Any

import streamlit as st

from core.analysis.start import figures as claim_figures
from core.look import Look
from dashboard.answers import stored_results
from dashboard.frame.header import Header
from dashboard.frame.page import page
from dashboard.frame.view import View
from dashboard.screens.start.opening import claim_rows, image_rows, sources
from dashboard.shared.chart import chart
from dashboard.shared.table import show_measured
from dashboard.shared.words import colored, plain

SENTENCE = (
    "A network decides by its channels. Feature Sieve sorts them, image by image, into :blue[**● robust**] ones, whose "
    "vote survives an attack, and :orange[**▲ non-robust**] ones, which the attack bends; and it shows how far to "
    "trust that."
)
DOUBT = "channels,seeds,readings"  # left out, so that the page is about the label alone


def draw(view: View) -> None:
    """Stored results at once; the networks wake up meanwhile."""
    st.markdown(SENTENCE)
    if (stored := stored_results.opening()) is None:
        st.info("No stored result is here yet; the next page computes its own.", icon=":material/hourglass_empty:")
        doors({})
        return
    start = stored.summary["opening"]
    image_rows(stored, view.look)
    with st.container(key="what_changed"):
        st.markdown(f"**{plain(start['findings']['verdict'])}** {colored(start['findings']['sides'])}")
    doors({"data": start["provenance"]["data"]["name"], "model": start["model"], "image": str(start["image"])})
    trust(stored.summary, start, view.look)


def doors(where: dict[str, str]) -> None:
    """The ways on, each with one sentence."""
    with st.container(key="doors"):
        left, right = st.columns(2, border=True)
    with left:
        st.markdown("**Look into it**  \nThis image, another or your own; any channel, attack and network, live.")
        st.page_link("screens/explain/page.py", label="Explain an image", icon=":material/search:", query_params=where)
    with right:
        st.markdown(
            "**What can this not tell you?**  \nSupply a wrong label, and see what the robust channels say then."
        )
        label, icon, focus = "Doubt it", ":material/record_voice_over:", {**where, "hide": DOUBT}
        st.page_link("screens/explain/page.py", label=label, icon=icon, query_params=focus)


def trust(summary: dict[str, Any], start: dict[str, Any], look: Look) -> None:
    """The claim on many images, never without its controls."""
    st.subheader("How far can that be trusted?", anchor=False)
    finding = plain(start["controls"]["every_label"]["finding"])
    st.markdown(f"{finding} On the first {summary['n']} test images, attacked, with 95 % intervals:")
    rows = claim_rows(summary)
    alt = " ".join(f"{row.name}: {row.value:.0%}." for row in rows)
    chart(claim_figures.claims(rows, look), "start_claims", alt, width=720)
    show_measured(rows, "claims")


page(
    "start",
    draw,
    above=Header(models=False, settings=False, tools=False),
    networks=False,
    sources=sources,
    onward=False,
)
