"""What stands under the maps: the figures measured, and small multiples."""

from dataclasses import replace
from itertools import product

import pandas as pd
import streamlit as st

from core.analysis.clusters.figures import panels as drawn
from core.analysis.clusters.findings import chance
from core.analysis.results import StoredResult
from core.look import percent
from core.sides import NAMED
from dashboard.frame.view import View
from dashboard.screens.clusters.scatter import scatter
from dashboard.shared.claim import note
from dashboard.shared.table import explained, show_data
from dashboard.shared.words import network_name, plain

BY = {"true": "class", "supplied": "label given"}
SPLIT = {"true label": "true label", "wrong label": "wrong label", "random mask": "at random"}
MEASURED = ("purity", "silhouette", "trustworthiness")


def measured(view: View) -> None:
    """Purity of every map, with everything else that was measured on demand."""
    result = view.result
    _table(result, "measured")
    with st.container(key="measures", horizontal=True, gap="small"):
        _explained(int(result.summary["neighbors"]))
        show_data(exact(result), "measured")
        st.download_button(
            "Points as CSV", data=lambda: result.table("points").to_csv(index=False).encode(), file_name="points.csv",
            mime="text/csv", key="points_csv", on_click="ignore", type="tertiary",
        )  # fmt: skip
    if view.rival is not None:
        st.markdown(f"**{plain(network_name(view.catalog.cards[view.selection.compare]))}**")
        _table(view.rival, "measured_other")
        show_data(exact(view.rival), "measured_other")


def _table(result: StoredResult, key: str) -> None:
    st.dataframe(purities(exact(result)), key=key, hide_index=True, height="content")
    note(
        f"Of a point's nearest neighbors in feature space, how many share its group: by chance "
        f"{percent(chance(result))}."
    )


def exact(result: StoredResult) -> pd.DataFrame:
    """The table `quality` for people: a row a map, side and label; clean and attacked beside each other."""
    quality = result.table("quality")
    keys = ["map", "side", "by"]
    wide = quality.set_index([*keys, "images"])[[*MEASURED, "chance"]].unstack("images")
    same = (quality["side"] == "all") & (quality["map"] != "true label")  # no mask touches them
    order = quality.loc[~same, keys].drop_duplicates().itertuples(index=False, name=None)
    rows = []
    for key in order:
        of, (name, side, by) = wide.loc[key], key
        rows.append(
            {"split with": SPLIT[name], "channels": NAMED[side], "grouped by": BY[by], "chance": of["chance", "clean"]}
            | {f"{figure}, {images}": of[figure, images] for figure, images in product(MEASURED, drawn.IMAGES)}
        )
    return pd.DataFrame(rows)


def purities(table: pd.DataFrame) -> pd.DataFrame:
    """Of the exact table, purity alone."""
    columns = {f"purity, {images}": images for images in drawn.IMAGES}
    return table[["split with", "channels", "grouped by", *columns]].assign(
        **{name: table[name].map(percent) for name in columns}
    ).rename(columns=columns)  # fmt: skip


def _explained(neighbors: int) -> None:
    explained(
        "What do these say?",
        f"**Purity**: the share of a point's {neighbors} nearest neighbors that share its class; *chance* is what "
        "random neighbors would give. **Silhouette**: how much closer a point lies to its own group than to the next, "
        "−1 to 1. Both are measured in feature space, where the drawing has no part. **Trustworthiness**: whether "
        "neighbors on the map are neighbors in feature space, 1 at best. With random channels every image keeps other "
        "ones, so its points lie apart for that reason alone.",
        r"\text{purity} = \frac{1}{nk} \sum_i \sum_{j \in N_k(i)} [y_j = y_i]",
        "N_k(i): the k nearest by Euclidean distance among the points of the same kind, without i itself.",
        "measures",
    )


def has_multiples(view: View) -> bool:
    """Whether small multiples were made."""
    return not view.result.table("multiples").empty


def multiples(view: View) -> None:
    """The same features at other perplexities and from other random starts."""
    found = drawn.multiples(view.result, view.look)
    assert found is not None
    n, starts = len(set(found.columns["image"])), view.result.table("multiples")["seed"].nunique()
    drawn_how = "a row a perplexity (about how many neighbors count), a column a random start"
    if view.presenting:  # one row fits
        found, drawn_how = replace(found, panels=found.panels[::starts]), "one map a perplexity"
    note(f"The first {n} images, given the true label: {drawn_how}. Believe what every map shows.")
    scatter("multiples", found, view.look, alone=view.presenting)
