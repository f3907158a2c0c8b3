"""What the numbers of one network say, in full, each paragraph with the way to see it."""

from collections.abc import Mapping

import streamlit as st

from core.analysis.paper.across import defenses, overview
from core.analysis.paper.compared import READ
from core.analysis.paper.findings import Paragraph, conditions, essay
from core.analysis.results import StoredResult
from core.models import ModelCard
from dashboard.selection.catalog import Catalog
from dashboard.shared.words import plain

LINKS = {  # by topic of a paragraph: where it can be seen on one image, or in full
    "split": ("explain", "See one image split", {}),
    "standing": ("attacks", "CW beside the attacks in the ball", {}),
    "label": ("explain", "Give it a wrong label yourself", {"open": "label"}),
    "agreement": ("explain", "An attacked image's sides", {"split_of": "own"}),
    "norms": ("attacks", "Accuracy against distortion", {}),
    "mask": ("attacks", "NRF beside CW", {}),
    "defenses": ("attacks", "Attack tables", {}),
}
Tables = Mapping[str, Mapping[str, StoredResult]]  # by item, then by model


def written(name: str, catalog: Catalog, found: Tables) -> None:
    """What the results of one network say, and of the defenses beside it."""
    of_it = {item: results[name] for item, results in found.items() if name in results}
    one = next(iter(of_it.values()))
    st.caption(plain(conditions(one), most=1000))
    cell = one.card.data, one.card.network
    others = defenses(found["table3"], *cell, prefer=name)
    paragraphs([*essay(of_it), *([others] if others else [])], one.card, catalog)
    said = [overview(item, results, *cell, prefer=name) for item, results in found.items() if item in READ]
    st.caption(plain(" ".join(filter(None, said)), most=2000))


def paragraphs(said: list[Paragraph], card: ModelCard, catalog: Catalog) -> None:
    """What reproduces, what does not, what the controls say; each with the way to see it."""
    for i, paragraph in enumerate(said):
        if i % 2 == 0:
            columns = st.columns(2, gap="large")  # row by row, so that a narrow screen keeps the order
        with columns[i % 2]:
            st.markdown(f"**{plain(paragraph.heading)}.** {plain(paragraph.text, most=2000)}")
            st.caption("  \n".join(f"`{command}`" for command in paragraph.commands))
            link(paragraph.topic, card, catalog)


def link(topic: str, card: ModelCard, catalog: Catalog) -> None:
    """The page that shows it on this network or, where its weights are not here, on one of the same data, if any."""
    page, label, more = LINKS[topic]
    near = [card.name] if card.name in catalog.cards else catalog.models_of(card.data)
    if not near:
        return
    label += "" if near[0] == card.name else f", on {near[0]}"
    where = {"data": card.data, "model": near[0], **more}
    st.page_link(f"screens/{page}/page.py", label=label, icon=":material/arrow_forward:", query_params=where)
