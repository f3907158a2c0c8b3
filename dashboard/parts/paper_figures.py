"""The paper's figures with our data, in the paper's arrangement."""

from typing import TYPE_CHECKING

import streamlit as st

from core.analysis.look import Look
from dashboard import cache
from dashboard.catalog import Catalog
from dashboard.parts import visualize
from dashboard.parts.chart import chart
from dashboard.state import Selection
from dashboard.words import plain

if TYPE_CHECKING:
    from core.analysis.gallery import Gallery
    from core.analysis.results import Result

FIGURES = {"figure2": "embed", "figure3": "visualize", "figure4": "visualize", "figure5": "sweep"}
SAID = {
    "figure2": "Fig. 2: features of all, robust and non-robust channels in two dimensions. Neither the number of "
    "points, nor the vector, nor the perplexity are printed; ours stand below. The page **Clusters** has controls.",
    "figure3": "Fig. 3: the picture that all, robust and non-robust channels see, clean and attacked. The page "
    "**Visualize** has the twins.",
    "figure4": "Fig. 4: an image whose non-robust channels alone say what the attack made of it. Printed for an image "
    "of Tiny-ImageNet; ours is of the model's own data set.",
    "figure5": "Fig. 5: accuracy and number of channels along β. Printed are the text's statements only (R rises, "
    "then falls; the order reverses beyond β = 5; the number of robust channels falls all the way). The page "
    "**Bottleneck** moves through it.",
}


def drawn(selection: Selection, catalog: Catalog, look: Look) -> None:
    """One figure, made again with our data: the paper's own run of it, else the one that its page shows."""
    item, name, sha = selection.item, selection.model, catalog.cards[selection.model].sha256
    st.markdown(SAID[item])
    result = cache.stored_result(f"paper/{item}", name, sha) or cache.stored_result(FIGURES[item], name, sha)
    if result is None:
        st.info(f"It has not been made for {plain(name)} yet.", icon=":material/hourglass:")
        st.code(f"python -m core paper {item} --models {name} --n 500", language="bash")
        return
    if FIGURES[item] == "visualize":
        strips(item, result, selection, catalog, look)
    else:
        from core.analysis.figures import figures

        for part, figure in figures(FIGURES[item], result, look).items():
            if part != "multiples":
                chart(figure, f"paper_{item}_{part}", SAID[item].partition(".")[0])
    made = result.manifest
    st.caption(
        f"{plain(name)}, first {made['data']['n']} test images of {plain(made['data']['name'])}, seed "
        f"{result.config['seed']}, {made['made'][:10]}. `python -m core paper {item} --models {name}`"
    )


def strips(item: str, result: "Result", selection: Selection, catalog: Catalog, look: Look) -> None:
    """Fig. 3: one stored image; Fig. 4: the first that the attack turned and whose non-robust side agrees."""
    from core.analysis.gallery import Gallery

    found = Gallery(result.folder)
    images = [image for image in found.images if item == "figure3" or _coincides(found, image)]
    if not images:
        st.info("On none of the stored images do the non-robust channels say what the attack made of it.")
        return
    image = images[0]
    st.markdown(visualize.lead(found, image))
    here = selection.data in catalog.images
    visualize.strip(found, image, cache.originals(found, image) if here else {}, look)
    if not here:
        st.caption(f"The image itself joins where {plain(selection.data)} is on the machine.")


def _coincides(found: "Gallery", image: int) -> bool:
    rows = found.strips
    rows = rows[(rows["image"] == image) & (rows["network"] == "trained") & (rows["mask"] == "distilled")]
    said = rows[rows["images"] == "attacked"].set_index("side")["said"]
    return bool(len(said)) and said["all"] == said["nonrobust"] != rows["label"].iloc[0]
