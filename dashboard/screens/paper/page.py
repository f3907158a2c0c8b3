"""The NeurIPS 2021 paper made again: its claims with a verdict each, what the numbers say, each table and figure."""

import streamlit as st

from dashboard.frame.header import Header
from dashboard.frame.page import page
from dashboard.frame.parts import Part
from dashboard.frame.provenance import of_model
from dashboard.frame.view import View
from dashboard.screens.paper import claims, essay, items


def draw(view: View) -> None:
    """The claims and their verdicts."""
    found = claims.results(view)
    if not (name := claims.chosen(view, found)):
        st.info("None of the tables has been made for a network that is here.", icon=":material/hourglass:")
        st.code(f"python -m core paper all --models {view.selection.model} --n 500", language="bash", wrap_lines=True)
        return
    claims.first_screen(view, found, name)


def text(view: View) -> None:
    """What the numbers of one network say."""
    found = claims.results(view)
    essay.written(claims.chosen(view, found), view.catalog, found)


def item(view: View) -> None:
    """One table or figure."""
    found = claims.results(view)
    items.drawn(view, found, claims.chosen(view, found))


def measured(view: View) -> bool:
    """Whether a network of ours has results."""
    return bool(claims.chosen(view, claims.results(view)))


def sources(view: View) -> list[str]:
    """The network that the page is about, and when its results were made."""
    found = claims.results(view)
    name = claims.chosen(view, found)
    of_it = [results[name] for results in found.values() if name in results]
    if not of_it:
        return []
    made, data = sorted(result.manifest["made"][:10] for result in of_it), of_it[0].manifest["data"]
    return [
        "printed: the paper’s own tables and text",
        f"ours: {of_model(of_it[0].manifest['model'])}, first {data['n']} test images of {data['name']}",
        f"stored, made {' to '.join(dict.fromkeys((made[0], made[-1])))}",
    ]


PARTS = (
    Part(name="verdicts", title="Why is each verdict what it is?", draw=claims.why, when=measured, slide=False),
    Part(name="items", title="Every table and figure: theirs and ours", draw=item, own=items.FIELDS, slide=False),
    Part(name="text", title="What do our numbers say?", draw=text, when=measured, slide=False),
)
page("paper", draw, parts=PARTS, above=Header(models=False, settings=False), sources=sources)
