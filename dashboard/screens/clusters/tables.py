"""What stands under the maps: the figures measured, and small multiples."""

import pandas as pd
import streamlit as st

from core.analysis.clusters.figures import panels as drawn
from core.analysis.results import StoredResult
from core.look import Look
from core.sides import NAMED
from dashboard.screens.clusters.scatter import scatter
from dashboard.shared.table import explained

BY = {"true": "class", "supplied": "label supplied"}
MEASURED = ("purity", "silhouette", "trustworthiness")


def measured(result: StoredResult) -> pd.DataFrame:
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
            {"split with": name, "channels": NAMED[side], "grouped by": BY[by], "chance": of["chance", "clean"]}
            | {f"{figure}, {images}": of[figure, images] for figure in MEASURED for images in drawn.IMAGES}
        )
    return pd.DataFrame(rows)


def table(result: StoredResult) -> None:
    """Every figure that the maps are to be read with."""
    st.subheader("How well do they group, measured?", anchor="measured")
    said = result.summary
    shown = measured(result)
    numbers = {name: st.column_config.NumberColumn(format="%.2f") for name in shown.columns[3:]}
    st.dataframe(shown, key="measured", hide_index=True, height="content", column_config=numbers)
    with st.container(horizontal=True, gap="small"):
        explained(
            "What do these say?",
            f"**Purity**: the share of a point's {said['neighbors']} nearest neighbors that share its class; *chance* "
            "is what random neighbors would give. **Silhouette**: how much closer a point lies to its own group than "
            "to the next, −1 to 1. Both are measured in feature space, where the drawing has no part. "
            "**Trustworthiness**: whether neighbors on the map are neighbors in feature space, 1 at best. In a random "
            "mask every image keeps other channels, so its points lie apart for that reason alone.",
            r"\text{purity} = \frac{1}{nk} \sum_i \sum_{j \in N_k(i)} [y_j = y_i]",
            "N_k(i): the k nearest by Euclidean distance among the points of the same kind, without i itself.",
            "measures",
        )  # fmt: skip
        st.download_button(
            "Points as CSV", data=lambda: result.table("points").to_csv(index=False).encode(), file_name="points.csv",
            mime="text/csv", key="points_csv", on_click="ignore", type="tertiary",
        )  # fmt: skip


def multiples(result: StoredResult, look: Look) -> None:
    """The same features at other perplexities and from other random starts; drawn once someone opens it."""
    found = drawn.multiples(result, look)
    if found is None:
        return
    box = st.expander("Does the picture depend on how it is drawn?", key="more_maps", on_change="rerun")
    if not box.open:
        return
    n = len(set(found.columns["image"]))
    with box:
        st.markdown(
            f"The first {n} images, true label supplied: one row a perplexity (about how many neighbors count), one "
            "column a random start. Believe what every map shows; distances between groups and their sizes are "
            "the drawing's."
        )
        scatter("multiples", found, look)
