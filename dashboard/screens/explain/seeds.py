"""The same image under five noise seeds: which channels change sides."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from core.analysis.explain.figures import seed_grid
from core.look import percent
from dashboard.answers import one_image
from dashboard.frame.view import View
from dashboard.screens.explain.scene import scene_of
from dashboard.shared.chart import chart
from dashboard.shared.claim import note
from dashboard.shared.table import show_data


def seeds(view: View) -> None:
    """Five splits that differ in nothing but the noise drawn while learning."""
    scene = scene_of(view)
    masks = one_image.over_seeds(scene.main.asked, scene.image)
    changing, count = int((masks.any(axis=0) & ~masks.all(axis=0)).sum()), masks.shape[1]
    overlap = jaccard(masks)
    shared = "no channel is robust under any seed"
    if overlap is not None:
        shared = f"two seeds share {percent(overlap)} of the robust channels"
    fixed = "nothing else changed" if scene.main.asked.tolerance == "image" else "with T of the image, not of its batch"
    st.markdown(f"Five seeds, {fixed}: **{changing} of {count}** channels change sides, and {shared}.")
    figure = seed_grid.seeds(masks, scene.main.answer.noise, scene.view.look)
    chart(figure, "seeds", f"Masks under five seeds: {changing} of {count} channels change sides; {shared}.")
    note(
        "Tall :blue[blue]: robust. Low :orange[orange]: non-robust. A diamond marks a channel that changes. More noise "
        "draws a step make it steadier."
    )
    columns = [f"seed {seed}" for seed in range(len(masks))]
    show_data(pd.DataFrame(masks.T, columns=columns).rename_axis("channel"), "seeds")


def jaccard(masks: NDArray[np.bool_]) -> float | None:
    """Mean of |A and B| / |A or B| over all pairs of rows; None where every mask is empty."""
    pairs = [(a, b) for i, a in enumerate(masks) for b in masks[i + 1 :] if (a | b).any()]
    return float(np.mean([(a & b).sum() / (a | b).sum() for a, b in pairs])) if pairs else None
