"""Everything that was computed, to take away: JSON, CSV, one HTML file that opens offline, and the attacked image."""

import json
from io import BytesIO
from typing import Any

import numpy as np
import streamlit as st

from core import citation
from core.analysis import pictures
from core.analysis.explain.record import Conditions, record
from core.analysis.explain.report import report
from core.analysis.split import BATCH
from dashboard.answers import one_image
from dashboard.frame.view import View
from dashboard.screens.explain.channels import table
from dashboard.screens.explain.scene import Scene, scene_of
from dashboard.shared import images


def files(view: View) -> None:
    """Files of one image, each made when it is asked for."""
    if view.image is None:
        return
    name = f"{view.card.name}-{view.image.name.replace(' ', '-')}"
    _button("HTML report, one file", lambda: _report(scene_of(view)), f"{name}.html", "text/html", "export_html")
    _button("JSON, all numbers", lambda: _json(scene_of(view)), f"{name}.json", "application/json", "export_json")
    _button("CSV, every channel", lambda: _csv(scene_of(view)), f"{name}.csv", "text/csv", "export_csv")
    attacked, kind = f"{name}-{view.selection.attack}", "application/octet-stream"
    _button("Attacked image, PNG, 8 bits", lambda: _png(scene_of(view)), f"{attacked}.png", "image/png", "export_png")
    _button("Attacked image, NPY, exact", lambda: _npy(scene_of(view)), f"{attacked}.npy", kind, "export_npy")
    _button("How to cite, BibTeX", citation.BIBTEX, "feature-sieve.bib", "text/plain", "export_bib")
    st.caption("Moves made by hand are not part of an export.")


def _button(label: str, data: Any, name: str, mime: str, key: str) -> None:
    st.download_button(label, data=data, file_name=name, mime=mime, key=key, on_click="ignore", width="stretch")


def _png(scene: Scene) -> bytes:
    return pictures.png(images.array(scene.main.answer.explanation.x_adv), side=1)


def _npy(scene: Scene) -> bytes:
    """Float32, (3, h, w) in [0, 1]."""
    file = BytesIO()
    np.save(file, images.array(scene.main.answer.explanation.x_adv))
    return file.getvalue()


def record_of(scene: Scene) -> dict[str, Any]:
    """The record of `core.analysis.explain.record`, as the command line prints it."""
    asked = scene.main.asked
    conditions = Conditions(
        card=scene.main.card,
        image=scene.image.name if scene.image.index is None else scene.image.index,
        attack=asked.attacker,
        bottleneck=asked.bottleneck,
        seed=asked.seed,
        split_of=asked.split_of,  # type: ignore[arg-type]
        batch_size=BATCH if asked.tolerance == "batch" and scene.image.index is not None else 1,
    )
    return record(scene.main.answer.explanation, one_image.controls(asked, scene.image), conditions)


def _json(scene: Scene) -> bytes:
    return json.dumps(record_of(scene), indent=2, allow_nan=False).encode()


def _csv(scene: Scene) -> bytes:
    return table(scene.main.answer).to_csv().encode()


def _report(scene: Scene) -> bytes:
    explanation = scene.main.answer.explanation
    return report(record_of(scene), explanation.x.numpy(), explanation.x_adv.numpy()).encode()
