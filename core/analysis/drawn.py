"""A stored result as a page and as pictures, with the figures that its subject draws.

A subject draws in `core.analysis.SUBJECT.figures`: `figures(result, look)` returns plotly figures by name, for the
command line and the dashboard alike. One whose pictures are none of plotly's has `write(result, subject)` instead.
"""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import plotly.graph_objects as go

from core.analysis.page import write_page, write_pictures
from core.analysis.results import StoredResult
from core.look import LIGHT, Look


def draw(result: StoredResult, subject: Any = None) -> str | None:
    """Write `figures.html` and a PNG for every figure into the result's folder, where its subject draws any.

    Whatever fails while something is drawn is told, not raised: the result was kept before.

    Args:
        result: a finished one.
        subject: what it was made on; some pictures show the images themselves.
    Returns:
        Why something was not written, in one sentence; None where all was.
    """
    name = result.manifest["kind"]
    try:
        if (write := getattr(_drawing(name), "write", None)) is not None:
            return write(result, subject)
        return write_figures(result, figures(name, result))
    except Exception as error:
        return f"No figure was written: {type(error).__name__}: {' '.join(str(error).split())[:200]}"


def figures(name: str, result: StoredResult, look: Look = LIGHT) -> dict[str, go.Figure]:
    """Every figure of a result by its name; `name` is that of the experiment, and the first part of it the subject."""
    drawing = getattr(_drawing(name), "figures", None)
    return {} if drawing is None else drawing(result, look)


def write_figures(result: StoredResult, drawn: dict[str, go.Figure]) -> str | None:
    """Write the page and the PNG of some figures of a result into its folder; returns why there is no PNG."""
    if not drawn:
        return None
    write_page(
        result.folder, title=title(result), source=source(result), sentences=sentences(result), figures=drawn
    )  # fmt: skip
    return write_pictures(result.folder, drawn)


def title(result: StoredResult) -> str:
    """What was asked of which model."""
    return f"{result.manifest['kind']}: {result.manifest['model']['name']}"


def source(result: StoredResult) -> str:
    """What a result was made of, in a sentence or two."""
    made, data = result.manifest, result.manifest["data"]
    return (
        f"First {data['n']} images of the {data['split']} set of {data['name']}; weights "
        f"{made['model']['sha256'][:12]}; seed {result.config['seed']}; {made['made']}. Everything else is in "
        "config.json and manifest.json."
    )


def sentences(result: StoredResult) -> list[str]:
    """What the summary says in words: under `sentence`, and in lists or by topic under what ends in `sentences`."""
    found = [result.summary[key] for key in sorted(result.summary) if key.endswith("sentences")]
    one = [result.summary["sentence"]] if "sentence" in result.summary else []
    return one + [sentence for said in found for sentence in (said.values() if isinstance(said, dict) else said)]


def _drawing(name: str) -> ModuleType | None:
    module = f"core.analysis.{name.partition('-')[0]}.figures"
    return import_module(module) if find_spec(module) else None
