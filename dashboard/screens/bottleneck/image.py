"""One image along beta: its channels, what each side says, and where each channel changes side."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.bottleneck.experiment import ImageSweep
from core.analysis.bottleneck.figures import change_points, one_image
from core.analysis.bottleneck.findings import image_sentence
from core.analysis.slider import Columns, Readings
from core.look import number
from dashboard.answers import one_image as live
from dashboard.answers.question import question
from dashboard.frame import choose
from dashboard.frame.missing import no_images
from dashboard.frame.view import View
from dashboard.screens.bottleneck.curves import slide
from dashboard.shared.chart import chart
from dashboard.shared.table import show_data
from dashboard.work.live import require

OWN = ("image", "own", "channel", "wrong", "moved")  # what another image changes of the selection


def along(view: View) -> None:
    """The image that is chosen here, under the slider."""
    choose.image(view)
    if view.image is None:
        no_images(view, "so no single image is shown")
        return
    selection, names = view.selection, view.card.class_names
    require(view)
    asked = question(selection, view.card, view.image)
    with st.spinner("Distilling this image at every β."):
        sweep = live.along_beta(asked, view.image, tuple(view.result.summary["betas"]))
    panels: list[Columns | Readings] = [
        one_image.channels(sweep, view.look),
        one_image.readings(sweep, names, view.image.true_label, view.look),
    ]
    slide(view, sweep.betas.tolist(), panels, sentences(sweep, names), "bottleneck_image")
    if not view.presenting:
        show_data(said(sweep, names), "bottleneck_image")
    channel_changes(sweep, view)
    st.caption(f"Computed live: seed {selection.seed}, KL {selection.kl}, T per image.")


def sentences(sweep: ImageSweep, names: tuple[str, ...]) -> list[str]:
    """What the robust channels say at each position; nobody speaks where there are none."""
    says = [[names[int(k)] for k in sweep.probabilities[f"{when}_robust"].argmax(1)] for when in ("clean", "attacked")]
    return [image_sentence(int(count), *pair) for count, *pair in zip(sweep.robust.sum(axis=1), *says, strict=True)]


def said(sweep: ImageSweep, names: tuple[str, ...]) -> pd.DataFrame:
    """Probability of every class, a row a beta, kind of image and side; empty where the side has no channel."""
    parts = [
        pd.DataFrame(sweep.spoken(kind), columns=list(names)).assign(
            beta=sweep.betas, images=kind.partition("_")[0], side=kind.partition("_")[2]
        )
        for kind in sweep.probabilities
    ]
    return pd.concat(parts).set_index(["beta", "images", "side"])


def channel_changes(sweep: ImageSweep, view: View) -> None:
    """For each channel of the image, the beta at which it leaves the robust side."""
    order = one_image.order(sweep)
    at, betas = sweep.changes_at[order], sweep.betas.tolist()
    never, always = int((at == 0).sum()), int(np.isinf(at).sum())
    st.subheader("At which β does each channel change side?", anchor="channels")
    words = (
        f"Of {len(at)} channels, {never} are robust at no β, {always} still at β {number(betas[-1])}; the other "
        f"{len(at) - never - always} change side in between."
    )
    st.markdown(words)
    places = ["still robust" if np.isinf(beta) else "never robust" if beta == 0 else number(beta) for beta in at]
    table = pd.DataFrame({"channel": order, "changes side at β": places, "beta": at})
    chart(change_points.changes(order, at, betas, view.look), "channel_changes", words, table.set_index("channel"))
