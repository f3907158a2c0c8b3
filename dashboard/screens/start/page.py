"""The first screen: what this is for, shown on one image from stored results, and the ways on. No torch here."""

import streamlit as st

from core.analysis.results import StoredResult
from dashboard.answers import stored_results
from dashboard.frame.header import Header
from dashboard.frame.page import page
from dashboard.frame.parts import Part
from dashboard.frame.provenance import of_date, of_model
from dashboard.frame.view import View
from dashboard.screens.start import caveat, opening
from dashboard.shared.bars import measured_table, prediction_table
from dashboard.shared.claim import answer, doubt
from dashboard.shared.words import plain, radius

NOTHING = "No stored result is here yet; the next page computes its own."


def draw(view: View) -> None:
    """Stored results at once; the networks wake up meanwhile."""
    if (stored := stored_results.opening()) is None:
        st.info(NOTHING, icon=":material/hourglass_empty:")
        doors({})
        return
    start = stored.summary["opening"]
    answer(opening.answer_of(start))
    with st.container(key="picture"):
        left, right = st.columns([1, 6], gap="medium")
        with left:
            opening.pictures(stored)
        with right:
            opening.predictions(start, view.look)
            caveat.controls(stored.summary, view.look)
    doubt(caveat.doubt_of(stored.summary))
    doors({"data": start["provenance"]["data"]["name"], "model": start["model"], "image": str(start["image"])})


def doors(where: dict[str, str]) -> None:
    """The two ways on."""
    with st.container(key="doors", horizontal=True, gap="small"):
        _door("Explain an image", ":material/search:", where)
        _door("Give it a wrong label", ":material/record_voice_over:", {**where, "open": "label"})


def _door(label: str, icon: str, where: dict[str, str]) -> None:
    with st.container(border=True, width="content"):
        st.page_link("screens/explain/page.py", label=label, icon=icon, query_params=where)


def numbers(view: View) -> None:
    """How the image was chosen, and every number of the first screen."""
    stored = _stored()
    start = stored.summary["opening"]
    st.markdown(plain(f"{start['provenance']['data']['name']} test image {start['image']} is {start['rule']}.", 800))
    st.markdown(plain(start["controls"]["every_label"]["finding"]))
    st.dataframe(prediction_table(opening.groups(start, view.look), start["class_names"]))
    st.dataframe(measured_table(caveat.claim_rows(stored.summary)))


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


PARTS = (
    Part(
        name="numbers", title="How was this image chosen?", draw=numbers,
        when=lambda _: stored_results.opening() is not None,
    ),
)  # fmt: skip
page("start", draw, parts=PARTS, above=Header(models=False, settings=False), networks=False, sources=sources)
