"""A stored sweep over beta with one image in it, the betas at which its channels change side."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.bottleneck.experiment import ImageSweep
from core.analysis.bottleneck.figures import beta_slider, change_points
from core.analysis.bottleneck.findings import image_sentence, position_sentence
from core.analysis.results import StoredResult
from core.look import Look
from core.sides import NAMED
from dashboard.frame.view import View
from dashboard.shared.chart import chart
from dashboard.shared.table import show_data
from dashboard.shared.words import plain

READ = {f"{images}_{side}": f"{images}, {word}" for side, word in NAMED.items() for images in ("clean", "attacked")}


def along(view: View, result: StoredResult, found: ImageSweep | None) -> None:
    """The chart with its slider, what it says in words, and its tables."""
    main, said, names, rival = beta_slider.Curves.of(result), result.summary, view.card.class_names, view.rival
    sentences = [position_in_words(main, i, found, names) for i in range(len(main.betas))]
    figure = beta_slider.bottleneck(
        main, sentences, view.look, rival=beta_slider.Curves.of(rival) if rival else None,
        image=None if found is None else _image(found, view.look), class_names=names,
        true=None if view.image is None else view.image.true_label,
        start=int(np.abs(np.subtract(main.betas, view.selection.beta)).argmin()),
    )  # fmt: skip
    chart(figure, "bottleneck", " ".join(said["crossing_sentences"]))
    beside = f" Dashed: {plain(rival.manifest['model']['name'])}." if rival else ""
    st.caption(
        "Shaded: 95 % intervals. Gray are the controls: dotted, how often the robust channels of a split made with a "
        f"*wrong* label say that label; dash-dotted, as many channels drawn at random.{beside}"
    )
    with st.container(key="bottleneck_tables", horizontal=True, gap="small"):
        show_data(main.curves.set_index(["beta", "side", "images"]), "accuracy")
        show_data(main.counts.set_index("beta"), "channel_counts")
    with st.expander("Every position in words, with the controls"):
        for sentence in said["sentences"]:
            st.markdown(plain(sentence, most=1000))


def position_in_words(main: beta_slider.Curves, i: int, found: ImageSweep | None, names: tuple[str, ...]) -> str:
    """One position of the slider read aloud, then this image."""
    text = position_sentence(main.curves, main.counts, main.betas[i])
    if found is None:
        return text
    attacked_says = names[int(found.probabilities["attacked_robust"][i].argmax())]
    return f"{text} {image_sentence(int(found.robust[i].sum()), attacked_says)}"


def _image(found: ImageSweep, look: Look) -> beta_slider.Along:
    tiny = np.finfo(np.float32).tiny
    margin = np.log10(np.maximum(found.noise_variance, tiny)) - np.log10(max(float(found.tolerance), float(tiny)))
    order = _order(found)
    said = []
    for kind, heading in READ.items():
        images, side = kind.split("_")
        said.append((heading, look.sides(images == "attacked")[side], found.spoken(kind)))
    return beta_slider.Along(margin[:, order], order, said)


def _order(found: ImageSweep) -> Any:
    """Channels that stay robust longest first; among equals, those that take more noise at the first beta."""
    return np.lexsort((-found.noise_variance[0], -found.changes_at))


def channel_changes(found: ImageSweep, look: Look) -> None:
    """For each channel of the image, the beta at which it leaves the robust side."""
    order = _order(found)
    at, betas = found.changes_at[order], found.betas.tolist()
    never, always = int((at == 0).sum()), int(np.isinf(at).sum())
    st.subheader("How much pressure does each channel stand?", anchor="channels")
    said = (
        f"Of {len(at)} channels, {never} are robust at no β, {always} still at β = {betas[-1]:g}, and "
        f"{len(at) - never - always} change sides in between."
    )
    st.markdown(f"{said} This orders the channels of the image without choosing a β.")
    words = ["still robust" if np.isinf(beta) else "never robust" if beta == 0 else f"{beta:.3g}" for beta in at]
    table = pd.DataFrame({"channel": order, "changes side at beta": words, "beta": at})
    chart(change_points.changes(order, at, betas, look), "channel_changes", said, table.set_index("channel"))
