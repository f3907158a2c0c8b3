"""How much noise each channel takes, the card of one channel, and channels moved to the other side by hand."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.analysis.explain.figures import noise_bars
from core.look import number
from dashboard.answers import one_image
from dashboard.answers.one_image import Answer
from dashboard.frame.view import View
from dashboard.screens.explain.card import card
from dashboard.screens.explain.scene import Scene, scene_of
from dashboard.selection import session
from dashboard.shared.chart import chart
from dashboard.shared.claim import note
from dashboard.shared.table import explained, show_data

PRESENTED = 20  # height of the chart on a projector, in lines of text


def channels(view: View) -> None:
    """The channels of the image and one channel's card."""
    scene, selection = scene_of(view), view.selection
    answered, count = scene.main, len(scene.main.answer.noise)
    moved = tuple(k for k in selection.moved if k < count)
    answer = one_image.moved(answered.asked, answered.answer, moved)
    known = 0 <= selection.channel < count
    chosen = selection.channel if known else one_image.steady_channel(answered.asked, scene.image)[0]
    note(
        "A channel is robust when it takes more noise, before the answer changes, than any channel varies by itself. "
        "Click a bar for its card."
    )
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _chart(scene, answer, chosen, moved)
    with right:
        card(scene, answer, chosen, moved)


def _chart(scene: Scene, answer: Answer, chosen: int, moved: Sequence[int]) -> None:
    figure = noise_bars.noise_bars(
        answer.noise, answer.variance, answer.tolerance, answer.robust, scene.view.look, chosen, moved,
        lines=PRESENTED if scene.view.presenting else 26,
    )  # fmt: skip
    robust, count = int(answer.robust.sum()), len(answer.robust)
    alt = (
        f"{robust} of {count} channels take more noise than T = {number(answer.tolerance)} and are called robust; "
        f"{count - robust} do not."
    )
    chart(figure, "noise_bars", alt, on_select=_clicked, selection_mode="points")
    with st.container(horizontal=True, gap="small"):
        show_data(table(answer), "channels")
        _formula()


def _clicked() -> None:
    points = st.session_state["noise_bars"]["selection"]["points"]
    if points and points[0].get("customdata"):
        session.choose(channel=int(points[0]["customdata"][0]))


def table(answer: Answer) -> pd.DataFrame:
    """One row a channel, in the order of the bars."""
    order = noise_bars.sorted_channels(answer.noise)
    columns = {
        "noise variance": answer.noise[order],
        "natural variation": answer.variance[order],
        "tolerance T": answer.tolerance,
        "robust": answer.robust[order],
    }
    return pd.DataFrame(columns, index=pd.Index(order, name="channel"))


def _formula() -> None:
    explained(
        "How is this computed?",
        "Noise is added to every channel, and its strength is learned: it may grow where it does not hurt the "
        "prediction of the given label. What each channel takes is compared with T, the largest natural variation "
        "of any channel over its own map.",
        r"Z_I = Z + \sigma\,\epsilon,\quad \min_\sigma\; \mathrm{CE}(h(Z_I), y) + \beta\,\overline{\mathrm{KL}_k},\quad"
        r"\mathrm{robust}_k = \mathbf 1[\sigma_k^2 > T]",
        "KL between the channel's natural variation and the noise: ½ (s/σ² + ln(σ²/s) − 1). Equations 3 to 5 of "
        "Distilling Robust and Non-Robust Features in Adversarial Examples by Information Bottleneck, NeurIPS 2021.",
        "bottleneck",
    )
