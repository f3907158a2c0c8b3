"""The first screen: what this is for, shown on one image from stored results, and the ways on. No torch here."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core.analysis.results import StoredResult
from dashboard.answers import stored_results
from dashboard.frame.header import Header
from dashboard.frame.page import page
from dashboard.frame.parts import Part
from dashboard.frame.provenance import of_date, of_model
from dashboard.frame.view import View
from dashboard.screens.start import caveat, opening
from dashboard.selection import session
from dashboard.selection.address import allowed
from dashboard.selection.state import Selection
from dashboard.shared.bars import measured_table, prediction_table
from dashboard.shared.claim import answer, doubt, note
from dashboard.shared.words import plain, radius

METHOD = (
    "How the channels are sorted: a method is told the image's label, adds noise to each channel of one layer, and "
    "calls those robust that take the most before the answer changes."
)
NOTHING = "No stored result is here yet; the next page computes its own."


def draw(view: View) -> None:
    """Stored results at once; the networks wake up meanwhile."""
    if (stored := stored_results.opening()) is None:
        st.info(NOTHING, icon=":material/hourglass_empty:")
        doors({})
        return
    start = stored.summary["opening"]
    where = {"data": start["provenance"]["data"]["name"], "model": start["model"], "image": str(start["image"])}
    _begin(where)
    answer(opening.answer_of(start))
    with st.container(key="picture"):
        st.html(picture(stored, view))
    doubt(caveat.doubt_of(stored.summary))
    if view.presenting:
        return
    note(METHOD)
    doors(where)


def _begin(where: dict[str, str]) -> None:
    """The story goes on with the image that it began with, while nobody has chosen another one."""
    shown: dict[str, Any] = {name: getattr(Selection(), name) for name in ("mode", "slide", "open", "hide")}
    if replace(session.current(), **shown) == Selection():
        session.keep(replace(session.current(), **allowed(where)))


def picture(stored: StoredResult, view: View) -> str:
    """HTML: the images, beside them who says what, below that the controls; a presentation has a slide for these."""
    look, width = view.look, 100 if view.presenting else 140
    right = opening.predictions(stored.summary["opening"], look)
    if not view.presenting:
        why = f"<b>How far is that to be trusted?</b> {caveat.condition(stored.summary)}"
        right += f'<div style="font-size:{look.size + 2}px;margin:1.4em 0 .7em">{why}</div>'
        right += caveat.controls(stored.summary, look)
    left = opening.pictures(stored, look, width)
    return (  # beside one another, or the images in a row of their own where it is narrow
        f'<div style="display:flex;flex-wrap:wrap;gap:1.2em 2em"><div style="flex:1 1 {width}px">{left}</div>'
        f'<div style="flex:1000 1 20em;min-width:0">{right}</div></div>'
    )


def doors(where: dict[str, str]) -> None:
    """The two ways on."""
    with st.container(key="doors", horizontal=True, gap="small"):
        _door("Explain an image", ":material/search:", where)
        _door("Give it a wrong label", ":material/record_voice_over:", {**where, "open": "label"})


def _door(label: str, icon: str, where: dict[str, str]) -> None:
    with st.container(border=True, width="content"):
        st.page_link("screens/explain/page.py", label=label, icon=icon, query_params=where)


def labels(view: View) -> None:
    """What the label alone does, on this image and on many."""
    summary = _stored().summary
    repeated, names = summary["opening"]["controls"]["every_label"]["echoed"], summary["opening"]["class_names"]
    if view.presenting:
        st.markdown(caveat.condition(summary))
        st.html(caveat.controls(summary, view.look))
    st.markdown(f"On this image, the robust channels repeat {repeated} of the {len(names)} labels they can be given.")
    if not view.presenting:
        st.dataframe(measured_table(caveat.claim_rows(summary)))


def numbers(view: View) -> None:
    """How the image was chosen, and every number of it."""
    start = _stored().summary["opening"]
    st.markdown(plain(f"{start['provenance']['data']['name']} test image {start['image']} is {start['rule']}.", 800))
    st.dataframe(prediction_table(opening.groups(start, view.look), start["class_names"]))


def _stored() -> StoredResult:
    stored = stored_results.opening()
    assert stored is not None, "the part is there only where a result is"
    return stored


def sources(_: View) -> list[str]:
    """What the image was made of."""
    if (stored := stored_results.opening()) is None:
        return []
    start = stored.summary["opening"]
    made = start["provenance"]
    return [
        f"{made['data']['name']} test image {start['image']}",
        of_model(made["model"]),
        f"cut {made['cut']}",
        f"given the label {made['label'].removeprefix('true: ')}",
        f"β {start['beta']:g}, {made['bottleneck']['steps']} steps, seed {start['seed']}",
        f"{start['attack'].upper()}, L∞ {radius(start['epsilon'])}, white-box",
        of_date(stored.manifest),
    ]


def known(_: View) -> bool:
    """Whether there is a stored result."""
    return stored_results.opening() is not None


PARTS = (
    Part(name="labels", title="Is it more than the label?", draw=labels, when=known),
    Part(name="numbers", title="How was this image chosen?", draw=numbers, when=known, slide=False),
)
page("start", draw, parts=PARTS, above=Header(models=False, settings=False), networks=False, sources=sources)
