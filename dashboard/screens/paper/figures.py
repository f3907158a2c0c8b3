"""The paper's figures with our data, in the paper's arrangement."""

from collections.abc import Mapping

import streamlit as st

from core.analysis.clusters.figures.panels import every_map
from core.analysis.paper.claims_figures import coincides
from core.analysis.paper.figures.figure5 import figure5
from core.analysis.results import StoredResult
from core.analysis.visualize.gallery import Gallery
from core.look import Look
from core.models import MODELS, ModelCard
from dashboard.screens.clusters.scatter import scatter
from dashboard.screens.paper import tables as paper
from dashboard.screens.visualize import six
from dashboard.screens.visualize.originals import originals
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import Selection
from dashboard.shared.chart import chart
from dashboard.shared.command import command_line
from dashboard.shared.table import show_data
from dashboard.shared.words import plain, radius

PAGES = {"figure2": "clusters", "figure3": "visualize", "figure4": "visualize", "figure5": "bottleneck"}
SAID = {
    "figure2": "Fig. 2: features of all, robust and non-robust channels in two dimensions, a point an image. Neither "
    "the number of points, nor the vector, nor the perplexity are printed; ours stand below. Under the paper's map: "
    "the same given a wrong label, and for the same number of channels, drawn at random.",
    "figure3": "Fig. 3: pictures drawn from what all, robust and non-robust channels say of one image, clean and "
    "attacked. The small ones beside them are controls: the same number at random, and random weights.",
    "figure4": "Fig. 4: an image whose non-robust channels alone say what the attack made of it. Printed for an image "
    "of Tiny-ImageNet; ours is a test image of the network's own data set.",
    "figure5": "Fig. 5: accuracy and number of channels along β. Printed are bars without numbers, and the text's "
    "statements (robust-only rises, then falls; the order reverses beyond β = 5; the number of robust channels falls "
    "all the way). Panel (b) of the paper is WRN-28-10; ours is the attacked images, and each network has a row. The "
    "marks on the robust bars are controls.",
}


def drawn(selection: Selection, found: Mapping[str, StoredResult], catalog: Catalog, best: str, look: Look) -> None:
    """One figure, made again with our data: the paper's own run of it, else the one that its page shows."""
    item = selection.item
    st.markdown(SAID[item])
    name = next((name for name in (selection.ours, best, selection.model) if name in found), selection.ours or best)
    if name not in found:
        missing(item, name or selection.model)
        return
    if selection.ours and name != selection.ours:
        missing(item, selection.ours, instead=name)
    one(item, found[name], catalog, look)
    if item == "figure5" and (other := beside(found[name].card, found)) is not None:
        one(item, other, catalog, look)


def one(item: str, result: StoredResult, catalog: Catalog, look: Look) -> None:
    """The figure of one network, what it was made of, and the way to more of it."""
    if PAGES[item] == "visualize":
        strips(item, result, catalog, look)
    elif item == "figure2":
        scatter("paper_figure2", every_map(result, look), look)
        show_data(result.table("quality").set_index(["map", "side"]), "paper_figure2")
    else:
        bars(result, look)
    st.caption(plain(conditions(result), most=600))
    card = result.card
    if card.name in catalog.cards:
        where, label = {"data": card.data, "model": card.name}, f"More of it, with controls: {PAGES[item].capitalize()}"
        page = f"screens/{PAGES[item]}/page.py"
        st.page_link(page, label=label, icon=":material/arrow_forward:", query_params=where)
    if result.manifest["kind"].startswith("paper-"):
        paper.remake(item, [result])


def beside(card: ModelCard, found: Mapping[str, StoredResult]) -> StoredResult | None:
    """The widest network of the same data and defense but another architecture, as in the paper's Fig. 5."""
    others = [
        other
        for other in found.values()
        if (other.card.data, other.card.defense) == (card.data, card.defense) and other.card.network != card.network
    ]
    return max(others, key=lambda other: other.card.width, default=None)


def bars(result: StoredResult, look: Look) -> None:
    """Fig. 5: its panels beside one another, or under one another on a narrow page."""
    network = result.card.network
    st.markdown(f"**{plain(MODELS.title(network))}**")
    shown = ("accuracy on clean images", "accuracy on attacked images", "number")
    for (name, panel), column, what in zip(figure5(result, look).items(), st.columns(3), shown, strict=True):
        with column:
            chart(panel, f"paper_{name}_{network}", f"Robust and non-robust channels along beta as bars: {what}.")
    show_data(result.table("curves").set_index(["beta", "side", "images"]), f"paper_figure5_{network}")


def conditions(result: StoredResult) -> str:
    """What the figure was made of."""
    manifest, config = result.manifest, result.config
    images = config.get("images")
    which = f"first {manifest['data']['n']} test images"
    if images:
        which = f"test image{'s' * (len(images) > 1)} {', '.join(map(str, images))}"
    attack = config["attack"]
    threat = f"{attack['kind']}, L∞ {radius(attack['threat']['epsilon'])}" if attack else "no attack"
    kind = manifest["kind"]
    page = "" if kind.startswith("paper-") else f"; the stored result of the page {kind.capitalize()}"
    beta = config.get("bottleneck", {}).get("beta")
    beta = "" if beta is None or "betas" in config else f", β {beta:g}"
    settings = f"{threat}{beta}, seed {config['seed']}, {manifest['made'][:10]}"
    return f"{result.card.name}, {which} of {manifest['data']['name']}, {settings}{page}."


def missing(item: str, name: str, instead: str = "") -> None:
    """Why there is no figure, what makes one, and whose figure stands below."""
    below = f" Below is that of {plain(instead)}." if instead else ""
    st.info(f"It has not been made for {plain(name)} yet.{below}", icon=":material/hourglass:")
    command_line(f"python -m core paper {item} --models {name} --n 500")


def strips(item: str, result: StoredResult, catalog: Catalog, look: Look) -> None:
    """Fig. 3: one stored image; Fig. 4: the first that the attack turned and whose non-robust side agrees."""
    found = Gallery(result.folder)
    images = [image for image in found.images if item == "figure3" or coincides(found, image)]
    if not images:
        st.info("On none of the stored images do the non-robust channels say what the attack made of it.")
        return
    image, data = images[0], result.card.data
    st.markdown(f"Test image {image}. {six.sentence(found, image)}")
    here = data in catalog.images and result.card.name in catalog.cards
    six.table(found, image, originals(found, image) if here else {}, look, twins=True)
    if not here:
        st.caption(f"The image itself joins where {plain(data)} and the weights are on the machine.")
