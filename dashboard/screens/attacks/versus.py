"""Whether NRF is worth anything: against CW, PGD and other channels than its own, on the same images."""

import pandas as pd
import streamlit as st

from core.analysis.attacks.findings import Paired, equal_budget, equal_distortion
from core.analysis.attacks.names import title_of
from core.analysis.attacks.sentences import nrf_sentence
from core.analysis.results import StoredResult
from core.look import number, percent
from dashboard.answers.remember import remembered
from dashboard.frame.view import View
from dashboard.shared import claim
from dashboard.shared.table import explained
from dashboard.shared.words import plain


@remembered
def pairs(result: StoredResult) -> list[Paired]:
    """Every comparison that the result allows: at equal distortion, then at equal strength and steps."""
    attacks, images = result.table("attacks"), result.table("images")
    return [*equal_distortion(attacks, images), *equal_budget(attacks, images)]


def versus(view: View) -> None:
    """NRF against others, a row a pair; who is stronger where the interval says so."""
    found = pairs(view.result)
    st.markdown(plain(nrf_sentence([pair for pair in found if pair.radius is not None])))
    if found:
        st.table(pd.DataFrame([_row(pair) for pair in found]).set_index("A"))
    claim.note(
        "Share of the images that stay right, and the difference in points with its 95\u00a0% interval. Equal size: L2 "
        "changes up to it count. Equal strength: the same ε and steps."
    )
    explained(
        "How are they compared?",
        "An image stays right up to r where the smallest change that an attack found for it is larger than r. Both "
        "attacks see the same images, so the difference is taken image by image.",
        r"A(r) = \frac1n \sum_i \mathbf 1[d_i > r],\quad d_i = \|x_i' - x_i\|_2",
        "d is 0 where the image is wrong as it is, infinite where the attack failed. CW stands for the c that "
        "leaves the fewest right at that size. Interval of the difference: Agresti and Min 2005.",
        "versus",
    )  # fmt: skip


def _row(pair: Paired) -> dict[str, str]:
    first, second = (percent(part["value"]) for part in (pair.first_accuracy, pair.second_accuracy))
    points, low, high = (f"{100 * value:+.1f}".replace("-", "−") for value in (pair.difference, pair.low, pair.high))
    return {
        "A": f"{title_of(pair.first)}: {first}", "B": f"{title_of(pair.second)}: {second}",
        "at equal": "strength" if pair.radius is None else f"size {number(pair.radius)}",
        "A − B": f"{points} [{low}, {high}]",
        "verdict": f"**{pair.verdict}**" if "stronger" in pair.verdict else pair.verdict,
    }  # fmt: skip
