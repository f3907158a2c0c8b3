"""What an evaluation takes, and what of its making the page says."""

import streamlit as st

from core.analysis.results import StoredResult
from dashboard.frame.compute import compute
from dashboard.frame.view import View
from dashboard.shared.words import radius
from dashboard.work.options import Options

USUAL = "fgsm,bim,pgd,apgd-ce,fab,nrf-linf,nrf-linf:mask=random,cw,cw:c=1,cw:c=10,nrf,nrf:mask=random,nrf:mask=all"
QUICK = "fgsm,bim,pgd"
HELP = (
    "Names with commas between; an attack's own settings as name:field=value;field=value. Others are "
    "pgd:steps=100, apgd-dlr, square, autoattack, nrf2, rf, rf2, nrf-exact."
)
TAKES = "seconds for each attack of ten steps and minutes for CW and NRF; stopped, it goes on where it was"


def form(view: View) -> None:
    """Choose attacks and images, and evaluate."""
    words = st.text_input("Attacks", QUICK if view.stored is None else USUAL, key="evaluate_attacks", help=HELP)
    n = st.number_input("Test images, from the first", 1, 10_000, 200, step=100, key="evaluate_n")
    checked = st.checkbox("Also check whether the numbers can be trusted", True, key="evaluate_checked")
    options: Options = {"attacks": words, "n": int(n), "diagnose": checked, "seed": view.selection.seed}
    if view.selection.epsilon is not None:
        options["epsilon"] = view.selection.epsilon
    compute(view, "attacks", options, TAKES)


def sources(_: View, result: StoredResult) -> list[str]:
    """The threat model, and what was run on what."""
    summary = result.summary
    bounded = summary["bounded"]
    return [
        "white-box, true label; NRF splits the channels of the clean image with its true label",
        *([f"bounded: {bounded[0]['norm']} {radius(bounded[0]['epsilon'])}"] if bounded else []),
        f"{summary['device']}, {summary['batch_size']} images a batch",
    ]
