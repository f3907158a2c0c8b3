"""Figures as one HTML page that opens offline, and as PNG where a browser can draw them."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import plotly.graph_objects as go
import plotly.io

from core.analysis.results import StoredResult
from core.look import LIGHT

WIDTH = 1100  # pixels
CONFIG = {"displaylogo": False, "modeBarButtons": [["toImage", "zoom2d", "resetScale2d"]]}
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body {{ font: 16px/1.5 sans-serif; max-width: {width}px; margin: 2em auto; padding: 0 1em }}</style>
<h1>{title}</h1>
<p>{source}</p>
{body}
</html>
"""


def write_figures(folder: Path, result: StoredResult, figures: dict[str, go.Figure], said: Sequence[str]) -> str | None:
    """Write `figures.html` and a PNG for every figure into `folder`.

    Args:
        result: where the figures come from; its manifest is named on the page.
        figures: by name.
        said: sentences that stand above them.
    Returns:
        Why there is no PNG, in one sentence; None where there are.
    """
    bodies = [
        plotly.io.to_html(fig, config=CONFIG, include_plotlyjs=number == 0, full_html=False)
        for number, fig in enumerate(figures.values())
    ]
    write_page(folder, result, bodies, said)
    return _pictures(folder, figures)


def write_page(folder: Path, result: StoredResult, bodies: Sequence[str], said: Sequence[str]) -> None:
    """Write `figures.html` with pieces of HTML; above them the sentences, and what they were made of."""
    made = result.manifest
    data = made["data"]
    title = f"{made['kind']}: {made['model']['name']}"
    source = (
        f"First {data['n']} images of the {data['split']} set of {data['name']}; weights "
        f"{made['model']['sha256'][:12]}; seed {result.config['seed']}; {made['made']}. Everything else is in "
        "config.json and manifest.json."
    )
    parts = [*(f"<p>{escape(sentence)}</p>" for sentence in said), *bodies]
    text = PAGE.format(title=escape(title), source=escape(source), body="\n".join(parts), width=WIDTH)
    (folder / "figures.html").write_text(text, encoding="utf-8")


def _pictures(folder: Path, figures: dict[str, go.Figure]) -> str | None:
    try:
        from kaleido.errors import ChromeNotFoundError
    except ImportError:
        return "No PNG was written: that takes the package kaleido (pip install kaleido)."
    drawn = [go.Figure(fig).update_layout(paper_bgcolor=LIGHT.background) for fig in figures.values()]
    files = [folder / f"{name}.png" for name in figures]
    heights = [round(fig.layout.height) for fig in drawn]
    try:
        plotly.io.write_images(drawn, files, width=WIDTH, height=heights, scale=2)
    except ChromeNotFoundError:
        return "No PNG was written: that takes Chromium or Chrome on this machine; figures.html has every figure."
    return None
