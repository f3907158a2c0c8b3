"""A stored sweep under one slider, and its tables."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.analysis.bottleneck.figures import curves as drawn
from core.analysis.bottleneck.figures.beta_axis import labels, nearest
from core.analysis.bottleneck.figures.curves import Curves
from core.analysis.bottleneck.findings import (
    answer_sentences,
    crossing_sentence,
    doubt_sentence,
    peak_sentence,
    position_sentence,
)
from core.analysis.slider import Columns, Panel, Readings, Slides
from core.look import number, percent
from dashboard.frame.view import View
from dashboard.shared.claim import answer, doubt, note
from dashboard.shared.slider import slider
from dashboard.shared.table import show_data
from dashboard.shared.words import network_name, plain

GRAY = (
    "β: how hard each channel is pressed to take noise. "
    "Gray, to compare with: dotted, how often a *wrong* label is repeated; dash-dotted, the same number of channels, "
    "drawn at random. Shaded: 95 % intervals."
)
WHO = {"robust": "robust alone", "nonrobust": "non-robust alone", "all": "all channels"}
CONTROLS = {"wrong_label": "wrong label repeated", "random_mask": "random mask", "random_network": "random network"}


def first_screen(view: View) -> None:
    """Up to which beta which side predicts better, every position, and why that proves little."""
    main = Curves.of(view.result)
    answer(answer_of(main))
    accuracy(view, main, "bottleneck")
    doubt(doubt_sentence(main.curves, main.betas[nearest(main.betas, view.selection.beta)]))
    below(view, GRAY, exact(main), "bottleneck")


def answer_of(main: Curves) -> str:
    """What the sweep says in two sentences."""
    return answer_sentences(main.crossings, {which: main.robust_leads(which) for which in ("clean", "attacked")})


def accuracy(view: View, main: Curves, key: str) -> None:
    """Clean and attacked images side by side."""
    sentences = [position_sentence(main.curves, main.counts, beta) for beta in main.betas]
    slide(view, main.betas, drawn.accuracy(main, view.look), sentences, key)


def exact(main: Curves) -> pd.DataFrame:
    """Every accuracy with its interval and its controls."""
    return main.curves.set_index(["beta", "side", "images"])


def below(view: View, text: str, table: pd.DataFrame, key: str) -> None:
    """How to read a chart, and its numbers in one row."""
    with st.container(key=f"below_{key}", horizontal=True, vertical_alignment="center", gap="small"):
        note(text)
        if not view.presenting:
            show_data(table, key)


def slide(
    view: View, betas: Sequence[float], panels: Sequence[Panel | Columns | Readings], sentences: list[str], key: str
) -> None:
    """Panels under the slider, which all parts of the page share."""
    slides = Slides(
        positions=labels(betas), sentences=sentences, panels=panels, prefix="β ",
        start=nearest(betas, view.selection.beta),
    )  # fmt: skip
    slider(slides, view.look, key, "β, how much noise is asked for", group="beta", saves=not view.presenting)


def counts(view: View) -> None:
    """How many channels are left on each side, and how many images without a robust one."""
    main = Curves.of(view.result)
    table = main.counts.set_index("beta")
    sentences = [
        f"{number(row.robust_mean)} robust channels on average; {percent(row.empty)} of the images have none."
        for row in table.itertuples()
    ]
    slide(view, main.betas, drawn.counts(main, view.look), sentences, "channel_counts")
    below(view, "Shaded: the middle half of the images. Without a robust channel nobody speaks on that side.", table,
          "channel_counts")  # fmt: skip


def other(view: View) -> None:
    """The network that is compared, along the same grid."""
    assert view.rival is not None
    main, card = Curves.of(view.rival), view.catalog.cards[view.selection.compare]
    st.markdown(f"**{plain(network_name(card))}.** {answer_of(main)}")
    accuracy(view, main, "bottleneck_other")
    below(view, GRAY, exact(main), "bottleneck_other")


def positions(view: View) -> None:
    """Every beta in a row, and the two claims of the paper's Figure 5 in words."""
    main = Curves.of(view.result)
    st.dataframe(table(main), key="positions", hide_index=True, height="content")
    for which in ("clean", "attacked"):
        rows = main.curves[(main.curves["images"] == which) & (main.curves["side"] == "robust")].sort_values("beta")
        crossing = crossing_sentence(which, main.betas, main.crossings[which], main.robust_leads(which))
        note(f"{crossing} {peak_sentence(which, rows[['beta', 'value', 'low', 'high']].to_dict('records'))}")


def table(main: Curves) -> pd.DataFrame:
    """A column a beta: channels, images without a robust one, and every accuracy with its controls."""
    by, count = main.curves.set_index(["beta", "side", "images"]).sort_index(), main.counts.set_index("beta")
    columns = {
        number(beta): {"robust channels": number(count.loc[beta, "robust_mean"])}
        | {"images with none": percent(count.loc[beta, "empty"])}
        | {f"{word}, {which}": percent(by.loc[(beta, side, which), "value"])
           for side, word in WHO.items() for which in ("clean", "attacked")}
        | {word: percent(by.loc[(beta, "robust", "clean"), f"{name}_value"]) for name, word in CONTROLS.items()}
        for beta in main.betas
    }  # fmt: skip
    return pd.DataFrame(columns).rename_axis("β").reset_index()
