"""What an evaluation takes, the button that runs it, and where the numbers of a stored one come from."""

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.answers.question import Subject
from dashboard.frame import stored
from dashboard.frame import surroundings as frame
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import Selection
from dashboard.shared.words import plain, radius

if TYPE_CHECKING:
    from core.analysis.results import StoredResult

USUAL = "fgsm,bim,pgd,apgd-ce,fab,nrf-linf,nrf-linf:mask=random,cw,cw:c=1,cw:c=10,nrf,nrf:mask=random,nrf:mask=all"
QUICK = "fgsm,bim,pgd"
HELP = (
    "Names with commas between; an attack's own settings as name:field=value;field=value. Others are "
    "pgd:steps=100, apgd-dlr, square, autoattack, nrf2, rf, rf2, nrf-exact."
)


def nothing_stored(selection: Selection, catalog: Catalog) -> None:
    """No evaluation of these weights is here: the command, and a button that runs it."""
    name = selection.model
    st.info(f"No evaluation of **{plain(name)}** is stored here yet.", icon=":material/hourglass:")
    st.code(f'python -m core attacks {name} --attacks "{QUICK}" --n 500', language="bash")
    _compute(selection, catalog, QUICK)


def another(selection: Selection, catalog: Catalog) -> None:
    """Other attacks, other numbers of images."""
    with st.expander("Compute with other attacks", key="another_evaluation"):
        _compute(selection, catalog, USUAL)


def _compute(selection: Selection, catalog: Catalog, usual: str) -> None:
    words = st.text_input("Attacks", usual, key="evaluate_attacks", help=HELP)
    n = st.number_input("Test images, from the first", 1, 10_000, 200, step=100, key="evaluate_n")
    checked = st.checkbox("Also check whether the numbers can be trusted", True, key="evaluate_checked")
    options = {"attacks": words, "n": int(n), "diagnose": checked, "seed": selection.seed}
    if selection.epsilon is not None:
        options["epsilon"] = selection.epsilon
    stored.recompute(
        "attacks", selection, catalog, options,
        "seconds for each attack of ten steps and minutes for CW and NRF; stopped, it goes on where it was",
    )  # fmt: skip


def footer(result: "StoredResult", selection: Selection, image: Subject | None) -> None:
    """Where the numbers come from."""
    made, said, config = result.manifest, result.summary, result.config
    bounded = said["bounded"]
    parts = [
        f"first {said['n']} test images of {made['data']['name']}",
        f"{made['model']['name']} (width {made['model']['width']:g}, sha256 {made['model']['sha256'][:8]})",
        "white-box, true label; NRF splits the channels of the clean image with its true label",
        *([f"bounded: {bounded[0]['norm']} {radius(bounded[0]['epsilon'])}"] if bounded else []),
        f"seed {config['seed']}",
        f"{said['device']}, {said['batch_size']} images a batch",
        f"stored, made {made['made'][:10]}",
    ]
    if image is not None:
        parts.append(f"{image.name} computed live, β {selection.beta:g}, seed {selection.seed}")
    frame.sources(parts)
