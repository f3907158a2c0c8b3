"""The form that makes another assignment, and where the numbers of one are from."""

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.answers.question import Subject
from dashboard.frame import stored
from dashboard.frame import surroundings as frame
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import NO_ATTACK, Selection
from dashboard.shared.words import radius

if TYPE_CHECKING:
    from core.analysis.results import StoredResult

LEAST, MOST = 50, 2000  # images
MOST_SEEDS = 20
TAKES = "half a minute to some minutes"


def another(selection: Selection, catalog: Catalog) -> None:
    """Choose how many images and seeds, and compute."""
    with st.expander("Compute it with other settings", key="another"):
        if selection.attack == NO_ATTACK:
            st.info("Clean and attacked images are compared; choose an attack in the settings above.")
            return
        most = min(MOST, catalog.images.get(selection.data, MOST))
        with st.container(horizontal=True, gap="medium"):
            n = st.number_input("Test images", min(LEAST, most), most, min(500, most), 50, key="channels_n", width=130)
            seeds = st.number_input("Noise seeds", 1, MOST_SEEDS, 5, key="channels_seeds", width=130)
        st.caption("Attack, β, cut and the first seed are those of the settings above.")
        options = {"n": n, "seeds": seeds} | stored.settings_of(selection, catalog)
        stored.recompute("channels", selection, catalog, options, TAKES)


def footer(result: "StoredResult", image: Subject | None) -> None:
    """Where the numbers come from."""
    made, config = result.manifest, result.config
    distiller, attack, n = config["bottleneck"], config["attack"], made["data"]["n"]
    parts = [
        f"first {n} test images of {made['data']['name']}, true label supplied",
        f"{made['model']['name']} (width {made['model']['width']:g}, sha256 {made['model']['sha256'][:8]})",
        f"cut {distiller['cut']}, β {distiller['beta']:g}, {distiller['steps']} steps of Adam, "
        f"seeds {config['seed']} to {config['seed'] + config['seeds'] - 1}",
        f"KL {distiller['kl_reduction']}, T per {distiller['tolerance']}",
        f"{attack['kind']}, L∞ {radius(attack['threat']['epsilon'])}, white-box, on the whole network",
        "edits read activations stored in 255 steps a channel",
        f"stored, made {made['made'][:10]}",
    ]
    if image is not None:
        parts.append(f"{image.name} computed live with the same settings")
    frame.sources(parts)
