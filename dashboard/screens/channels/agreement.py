"""Whether the classifier's weights or plain variance say the same as the split."""

import pandas as pd
import streamlit as st

from core.analysis.channels import findings
from core.analysis.channels.figures import noise_points
from core.analysis.results import StoredResult
from core.look import percent
from dashboard.frame.view import View
from dashboard.screens.channels.strip import label_of
from dashboard.selection import session
from dashboard.shared.chart import chart
from dashboard.shared.claim import note
from dashboard.shared.table import explained
from dashboard.shared.words import glossed

MASKS = {
    "distilled": "the robust channels, distilled",
    "weights": "those whose weight speaks for the label",
    "random": "the same number of channels, drawn at random",
}


def draw(view: View) -> None:
    """Two panels with a sentence each; the three ways to choose, side by side; how it is measured."""
    result = view.result
    weights = noise_points.by_weight(result, label_of(view.selection))
    clouds = {"weights": weights, "variance": noise_points.by_variance(result)}
    for column, (name, cloud) in zip(st.columns(2, gap="large"), clouds.items(), strict=True):
        with column:
            if cloud is None:
                st.markdown("Behind this cut there is no pooled linear layer, so a channel has no one weight.")
            else:
                _panel(view, name, cloud)
    if result.summary["accuracy"]["weights"] is not None:
        _table(result)
    _measured()


def _panel(view: View, name: str, cloud: noise_points.Cloud) -> None:
    said = findings.agreement(view.result.summary, name)
    st.markdown(glossed(said))
    rows = pd.DataFrame({"channel": cloud.channel, cloud.axis: cloud.x, "log10 noise": cloud.noise})
    key = f"against_{name}"
    chart(
        noise_points.points(cloud, view.look, view.selection.channel), key, said, rows.set_index("channel"),
        on_select=lambda: _picked(key), selection_mode="points",
    )  # fmt: skip


def _picked(key: str) -> None:
    points = st.session_state[key]["selection"]["points"]
    channels = [int(point["customdata"]) for point in points if point.get("customdata") is not None]
    if channels:
        session.choose(channel=channels[0])


def _table(result: StoredResult) -> None:
    """Which channels alone predict the label that was given."""
    rows = [f"| {words} | {_cells(result, name)} |" for name, words in MASKS.items()]
    head = "| predicts the label given, alone | clean | attacked |"
    st.markdown("\n".join([head, "|---|---|---|", *rows]))
    note(f"n = {result.summary['n']}; in brackets the 95 % interval.")


def _cells(result: StoredResult, name: str) -> str:
    of = result.summary["accuracy"][name]
    shares = [of[images] for images in ("clean", "attacked")]
    return " | ".join(f"{percent(s['value'])} [{percent(s['low'])}, {percent(s['high'])}]" for s in shares)


def _measured() -> None:
    explained(
        "How is agreement measured?",
        "For each image the channels are ranked by the noise they take, and by the weight (or the variance); "
        "Spearman's correlation compares the ranks. The robust channels are compared with those whose weight speaks "
        "for the label (or with as many of largest variance): the overlap is what both have over what either has. As "
        "many channels drawn at random overlap as well: that is the number to beat. A split that follows the weights "
        "says more about the label that was given than about robustness.",
        r"J(A, B) = \frac{|A \cap B|}{|A \cup B|},\qquad m_k = W_{y,k} - \tfrac1K \sum_j W_{j,k}",
        "Means over images. W: the classifier's last layer; y: the label given.",
        "agreement",
    )
