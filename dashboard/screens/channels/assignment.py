"""Which channels are robust in one image, a class or all of them, against weights and variance; and one channel."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.channels.activations import stored_masks
from core.analysis.channels.figures import assignment_bars
from core.analysis.channels.figures.class_strip import class_strip
from core.analysis.channels.findings import flip_words
from core.analysis.channels.rules import listed
from core.analysis.results import StoredResult
from core.look import percent
from dashboard.answers import one_image, stored_results
from dashboard.answers.question import as_stored, question
from dashboard.frame.view import View
from dashboard.selection import session
from dashboard.selection.address import to_parameters
from dashboard.selection.state import Selection
from dashboard.shared.chart import chart
from dashboard.shared.table import explained
from dashboard.shared.words import plain

KINDS = {"image": "this image", "class": "one class", "set": "all images"}
MOUSE = {"click": "click marks one", "draw": "draw around some to cut"}
OFTEN = 0.8  # of a class's images
NAMED = 3  # classes on a channel's card


def over(view: View) -> None:
    """The switch between image, class and all; the class shown first is that of the image."""
    selection, names = view.selection, view.card.class_names
    first = 0 if view.image is None else view.image.true_label or 0
    kind = selection.over if selection.over in KINDS else "class"
    st.session_state["over_kind"] = kind
    with st.container(key="over", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.segmented_control(
            "Images counted", KINDS, format_func=KINDS.__getitem__, key="over_kind", required=True,
            on_change=_set_kind, args=(first,),
        )  # fmt: skip
        if kind == "class":
            st.selectbox(
                "Class", [str(k) for k in range(len(names))], format_func=lambda k: names[int(k)], width=180,
                **session.bound("over", selection.over),
            )  # fmt: skip
        st.segmented_control(
            "On the chart", MOUSE, format_func=MOUSE.__getitem__, default="click", key="mouse", required=True
        )


def _set_kind(first: int) -> None:
    kind = st.session_state["over_kind"]
    session.choose(over=str(first) if kind == "class" else kind)


def shares(view: View) -> assignment_bars.Shares:
    """How often each channel is robust over the images that are counted."""
    whole = assignment_bars.shares(view.result)
    if view.selection.over == "image" and (one := _of_image(view)) is not None:
        share, says = one
        return replace(
            whole, share=share, whole=whole.share, low=None, high=None, title="Robust in this image",
            says=f"{says}; dotted: all images",
        )  # fmt: skip
    label = _label(view.selection)
    return whole if label is None else assignment_bars.shares(view.result, label)


def _label(selection: Selection) -> int | None:
    """The class whose images are counted; None for all."""
    return int(selection.over) if selection.over.isdigit() else None


def _of_classes(table: pd.DataFrame, names: tuple[str, ...]) -> str:
    often = table.pivot_table(index="class", columns="channel", values="robust_share", dropna=False) >= OFTEN
    counts, classes = often.sum(axis=1), often.sum(axis=0)
    least, most = counts.idxmin(), counts.idxmax()
    return (
        f"Robust in at least {percent(OFTEN)} of the images of a class are {counts[least]} (class "
        f"{plain(names[least])}) to {counts[most]} ({plain(names[most])}) of {often.shape[1]} channels; "
        f"{int((classes == 1).sum())} channels are so for one class alone, {int((classes > 1).sum())} for several, "
        f"{int((classes == 0).sum())} for none."
    )


def _of_image(view: View) -> tuple[np.ndarray, str] | None:
    """Share of the noise seeds that call a channel robust in the current image, and where that is from."""
    result, selection, image = view.result, view.selection, view.image
    if image is not None:
        asked = as_stored(question(selection, view.card, image), result.config)
        masks = one_image.over_seeds(asked, image)
        return masks.mean(axis=0), f"{image.name}, share of {len(masks)} noise seeds, live"
    if selection.image < result.summary["n"]:
        return stored_masks(result)[selection.image].astype(float), f"test image {selection.image}, one seed, stored"
    return None


def figure(view: View, removed: tuple[int, ...]) -> None:
    """Bars and points; a line drawn around some chooses them for surgery, a click opens one channel."""
    drawn, points = shares(view), assignment_bars.clouds(view.result, _label(view.selection))
    columns = ["channel", "robust_share", "flip_rate", "mean_log_noise", "mean_log_variance"]
    table = view.result.table("channels")[columns]
    chart(
        assignment_bars.assignment(drawn, points, view.look, view.selection.channel, removed, _drawing()),
        "assignment",
        f"{drawn.title}: {percent(float(drawn.share.mean()))} of {len(drawn.share)} channels on average. "
        + " ".join(f"{cloud.title}: {cloud.says}." for cloud in points),
        table.assign(shown=drawn.share).set_index("channel"),
        on_select=_picked, selection_mode=("points", "lasso"),
    )  # fmt: skip


def _drawing() -> bool:
    return st.session_state.get("mouse") == "draw"


def _picked() -> None:
    found = st.session_state["assignment"]["selection"]
    channels = sorted({int(point["customdata"]) for point in found["points"] if point.get("customdata") is not None})
    if channels and found["lasso"]:
        how = session.current().edit.partition(" ")[0] or "drop"
        session.choose(edit=f"{how} {listed(np.isin(np.arange(channels[-1] + 1), channels))}")
    elif channels:
        session.choose(channel=channels[0])


def one_channel(view: View) -> None:
    """The numbers of the channel that is marked, and the way to its card."""
    result, selection = view.result, view.selection
    table, count = result.table("channels"), result.summary["channels"]
    order = table["robust_share"].argsort().to_numpy()[::-1].tolist()
    with st.container(key="one_channel", horizontal=True, vertical_alignment="bottom", gap="small"):
        if view.controls:
            st.selectbox(
                "Channel", [-1, *order], format_func=lambda k: "none marked" if k < 0 else str(k), width=130,
                **session.bound("channel", selection.channel if selection.channel < count else -1),
            )  # fmt: skip
        if 0 <= selection.channel < count:
            st.markdown(_said(result, table.iloc[selection.channel]))
            if view.here:
                card = replace(selection, over="set", edit="", run="", hide=(), mode="explore")
                st.page_link(
                    "screens/explain/page.py", label="Its card in Explain", icon=":material/search:",
                    query_params=to_parameters(card),
                )  # fmt: skip


def _said(result: StoredResult, row: "pd.Series[Any]") -> str:
    names, k = result.manifest["class_names"], int(row["channel"])
    of_class = result.table("classes").query("channel == @k").set_index("class")
    ordered = of_class["robust_share"].dropna().sort_values(ascending=False)
    best = [f"{plain(names[label])} {percent(share)}" for label, share in ordered.head(NAMED).items() if share > 0]
    often = f", most often of {', '.join(best)}" if best else ""
    text = (
        f"**Channel {k}**: robust in {percent(row['robust_share'])} of the images ({percent(row['robust_share_low'])} "
        f"to {percent(row['robust_share_high'])} over seeds){often}; "
        f"{flip_words(row['flip_rate'])}; mean log₁₀ σ² {row['mean_log_noise']:.2f}."
    )
    margin = of_class["weight_margin"]
    if margin.notna().all():
        text += f" Its weight speaks most for {plain(names[margin.idxmax()])} ({margin.max():+.2f})."
    return text


def agreement(result: StoredResult) -> None:
    """What the two panels of points say, beside what a wrong label does, and how it is measured."""
    said, of = result.summary["sentences"], result.manifest["model"]
    for topic in ("weights", "variance"):
        if topic in said:
            st.markdown(plain(said[topic], most=1000))
    if (survey := stored_results.stored_result("start", of["name"], of["sha256"])) is not None:
        echo = survey.summary["label_echo"]
        st.markdown(
            f"Control: split with a random *wrong* label instead, the robust channels alone say that label on "
            f"{percent(echo['value'])} of the clean images (stored survey, n = {echo['n']})."
        )
    explained(
        "How is agreement measured?",
        "For each image the channels are ranked by the noise they tolerate, and by the weight (or the variance); "
        "Spearman's correlation compares the ranks. The robust channels are compared with those whose weight speaks "
        "for the label (or with as many of largest variance): the overlap is what both have over what either has. "
        "As many channels drawn at random overlap as well, so that is the number to beat. A split that follows the "
        "weights says more about the label that was supplied than about robustness.",
        r"J(A, B) = \frac{|A \cap B|}{|A \cup B|},\qquad m_k = W_{y,k} - \tfrac1K \sum_j W_{j,k}",
        "Means over images. W: the classifier's last layer; y: the label supplied.",
        "agreement",
    )


def classes(view: View) -> None:
    """Class by channel, similar ones side by side."""
    result, selection = view.result, view.selection
    st.subheader("Which channel for which class?", anchor="classes")
    names, table = result.manifest["class_names"], result.table("classes")
    label = _label(selection)
    said = _of_classes(table, names)
    st.markdown(f"{said} The color is the share of a class's images in which a channel is robust.")
    wide = table.assign(name=[names[k] for k in table["class"]]).pivot_table(
        index="name", columns="channel", values="robust_share", dropna=False, sort=False
    )
    chart(class_strip(result, view.look, selection.channel, -1 if label is None else label), "classes", said, wide)
