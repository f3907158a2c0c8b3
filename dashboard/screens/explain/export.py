"""Everything that was computed, to take away: JSON, CSV and one HTML file that opens offline."""

import json
from typing import Any

import streamlit as st

from dashboard.answers import one_image
from dashboard.answers.question import BATCH, attack, bottleneck
from dashboard.answers.scene import Scene
from dashboard.screens.explain.channels import table
from dashboard.shared.chart import picture_format


def export(scene: Scene) -> None:
    """Three files behind one button, made when they are asked for."""
    name = f"{scene.main.card.name}-{scene.subject.name.replace(' ', '-')}"
    with st.popover("Export", key="export", icon=":material/download:"):
        _button("HTML report, one file", lambda: _report(scene), f"{name}.html", "text/html", "export_html")
        _button("JSON, all numbers", lambda: _json(scene), f"{name}.json", "application/json", "export_json")
        _button("CSV, every channel", lambda: _csv(scene), f"{name}.csv", "text/csv", "export_csv")
        picture_format("explain")
        st.caption("Moves made by hand are not part of an export.")


def _button(label: str, data: Any, name: str, mime: str, key: str) -> None:
    st.download_button(label, data=data, file_name=name, mime=mime, key=key, on_click="ignore", width="stretch")


def record_of(scene: Scene) -> dict[str, Any]:
    """The record of `core.analysis.explain.record`, as the command line prints it."""
    from core.analysis.explain.record import Conditions, record

    asked = scene.main.asked
    conditions = Conditions(
        card=scene.main.card,
        image=scene.subject.name if scene.subject.index is None else scene.subject.index,
        attack=attack(asked),
        bottleneck=bottleneck(asked),
        seed=asked.seed,
        split_of=asked.split_of,  # type: ignore[arg-type]
        batch_size=BATCH if asked.tolerance == "batch" and scene.subject.index is not None else 1,
    )
    return record(scene.main.answer.explanation, one_image.controls(asked, scene.subject), conditions)


def _json(scene: Scene) -> bytes:
    return json.dumps(record_of(scene), indent=2, allow_nan=False).encode()


def _csv(scene: Scene) -> bytes:
    return table(scene.main.answer).to_csv().encode()


def _report(scene: Scene) -> bytes:
    from core.analysis.explain.report import report

    explanation = scene.main.answer.explanation
    return report(record_of(scene), explanation.x.numpy(), explanation.x_adv.numpy()).encode()
