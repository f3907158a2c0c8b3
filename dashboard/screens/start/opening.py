"""The first screen's image from stored results: clean and attacked, each read from all channels and either side."""

from typing import Any

import streamlit as st

from core.analysis.explain import stored_record
from core.analysis.explain.figures import prediction_bars
from core.analysis.results import StoredResult
from core.analysis.start import figures as claim_figures
from core.look import Look
from dashboard.answers import stored_results
from dashboard.frame.provenance import of_date, of_model
from dashboard.frame.view import View
from dashboard.shared.chart import chart
from dashboard.shared.words import plain, radius

WIDTH = 192  # of a picture on the screen, in pixels
WHENS = (("clean", "clean"), ("adversarial", "attacked"))
Stored = dict[str, Any]  # a record of `core.analysis.explain.record`, as a survey holds it


def image_rows(survey: StoredResult, look: Look) -> None:
    """One row an image: the picture, then three little charts."""
    start: Stored = survey.summary["opening"]
    for when, word in WHENS:
        with st.container(key=f"start_{when}"):
            left, right = st.columns([1, 3], gap="medium", vertical_alignment="center")
            left.image(survey.array(when).tobytes(), width=WIDTH, caption=_caption(start, when), alt=_alt(start, when))
            rows = [("", _panels(start, when, look))]
            figure = prediction_bars.predictions(rows, start["class_names"], _truth(start), look, top=3)
            key, alt = f"start_predictions_{when}", f"{word}: {stored_record.takeaway(start, when)}"
            with right:
                chart(figure, key, alt)


def _caption(start: Stored, when: str) -> str:
    if when == "clean":
        return "the image"
    return plain(f"attacked: {start['attack'].upper()}, no pixel moves more than {radius(start['epsilon'])[2:]}")


def _alt(start: Stored, when: str) -> str:
    name = start["true_label"]
    return f"A {name}." if when == "clean" else f"The attacked image; to the eye it is still a {name}."


def _truth(start: Stored) -> int | None:
    return None if start["true_label"] is None else start["class_names"].index(start["true_label"])


def _panels(start: Stored, when: str, look: Look) -> list[prediction_bars.Panel]:
    return prediction_bars.side_panels(
        when, stored_record.probabilities(start, when), stored_record.sizes(start, when), look
    )


def claim_rows(summary: dict[str, Any]) -> list[claim_figures.Measured]:
    """The claim on attacked images with the true label supplied, and its three controls."""
    claim = next(c for c in summary["claims"] if (c["side"], c["images"]) == ("robust", "attacked"))
    names = {
        "wrong_label": "wrong label supplied: they say that one",
        "random_mask": "as many random channels: they say the true label",
        "random_network": "random weights, true label: they say it too",
    }
    rows = [_measured("true label supplied: robust channels say it", claim["measured"], False)]
    return rows + [_measured(name, claim["controls"][key], True) for key, name in names.items()]


def _measured(name: str, found: dict[str, Any], control: bool) -> claim_figures.Measured:
    return claim_figures.Measured(name, found["value"], found["low"], found["high"], control)


def sources(_: View) -> list[str]:
    """What the image was made of."""
    if (stored := stored_results.opening()) is None:
        return []
    start = stored.summary["opening"]
    made = start["provenance"]
    return [
        f"{made['data']['name']} test image {start['image']}, {start['rule']}",
        of_model(made["model"]),
        f"cut {made['cut']}",
        f"label supplied: {made['label']}",
        f"β {start['beta']:g}, {made['bottleneck']['steps']} steps, seed {start['seed']}",
        f"{start['attack'].upper()}, L∞ {radius(start['epsilon'])}, white-box",
        of_date(stored.manifest),
    ]
