"""How often each channel is robust, in one image, in a class or in all."""

from dataclasses import replace

import numpy as np
import streamlit as st

from core.analysis.channels.activations import stored_masks
from core.analysis.channels.figures import share_bars
from core.look import percent
from dashboard.answers import one_image
from dashboard.answers.question import as_stored, question
from dashboard.frame.missing import no_images
from dashboard.frame.view import View
from dashboard.screens.channels.strip import label_of
from dashboard.selection import session
from dashboard.shared.chart import chart

KINDS = {"image": "this image", "class": "one class", "set": "all images"}


def draw(view: View) -> None:
    """The switch and the bars."""
    if view.controls:
        _over(view)
    if view.selection.over == "image" and view.image is None:
        no_images(view, "so its stored split is shown")
    shown = _shares(view)
    columns = ["channel", "robust_share", "flip_rate", "mean_log_noise", "mean_log_variance"]
    table = view.result.table("channels")[columns].assign(shown=shown.share).set_index("channel")
    alt = f"{shown.title}: {percent(float(shown.share.mean()))} of {len(shown.share)} channels on average."
    figure = share_bars.bars(shown, view.look, view.selection.channel)
    chart(figure, "counted", alt, table, on_select=_picked, selection_mode="points")


def _over(view: View) -> None:
    """The switch between image, class and all; the class shown first is that of the image."""
    selection, names = view.selection, view.result.manifest["class_names"]
    first = 0 if view.image is None else view.image.true_label or 0
    kind = selection.over if selection.over in KINDS else "class"
    st.session_state["over_kind"] = kind
    with st.container(key="over", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.segmented_control(
            "Images counted", KINDS, format_func=KINDS.__getitem__, key="over_kind", required=True,
            on_change=_set_kind, args=(first,),
        )  # fmt: skip
        if kind == "class":
            st.session_state["over_class"] = int(selection.over)
            st.selectbox(
                "Class", range(len(names)), format_func=names.__getitem__, width=180, key="over_class",
                on_change=_set_class,
            )  # fmt: skip
        if kind == "image" and view.here:
            _image(view)


def _image(view: View) -> None:
    """Its number; the strip of images stands in another part, which may be open too."""
    count = view.catalog.images[view.selection.data]
    st.session_state["counted_image"] = view.selection.image
    st.number_input(f"Image, 0 to {count - 1}", 0, count - 1, width=160, key="counted_image", on_change=_set_image)


def _set_image() -> None:
    session.choose(image=st.session_state["counted_image"])


def _set_kind(first: int) -> None:
    kind = st.session_state["over_kind"]
    session.choose(over=str(first) if kind == "class" else kind)


def _set_class() -> None:
    session.choose(over=str(st.session_state["over_class"]))


def _shares(view: View) -> share_bars.Shares:
    """How often each channel is robust over the images that are counted."""
    whole = share_bars.shares(view.result)
    if view.selection.over == "image" and (one := _of_image(view)) is not None:
        share, says = one
        return replace(
            whole, share=share, whole=whole.share, low=None, high=None, title="Robust in this image",
            says=f"{says}; dotted: all images",
        )  # fmt: skip
    label = label_of(view.selection)
    return whole if label is None else share_bars.shares(view.result, label)


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


def _picked() -> None:
    points = st.session_state["counted"]["selection"]["points"]
    channels = [int(point["customdata"]) for point in points if point.get("customdata") is not None]
    if channels:
        session.choose(channel=channels[0])
