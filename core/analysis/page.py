"""Everything that is written as HTML: one template, escaped by itself, in a file that opens offline.

Text from outside can be anything (class names, file names), so nothing here puts HTML together by hand.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import plotly.io
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from core.look import DARK, LIGHT

WIDTH = 1100  # pixels, of a page and of a PNG
TEMPLATE = Path(__file__).with_name("page.html.j2")
# No button but these: plotly's own "Share chart" would upload the figure.
CONFIG = {
    "displaylogo": False,
    "modeBarButtons": [["toImage", "zoom2d", "resetScale2d"]],
    "plotlyServerURL": "",
    "responsive": True,
}
Figures = Mapping[str, go.Figure]


@dataclass(frozen=True)
class Picture:
    """An image with its caption.

    Args:
        source: its pixels, as a data address; empty for a gray square.
        caption: below it, a line break kept; read aloud too.
    """

    source: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of a page, from top to bottom; what is empty is left out. All of it is plain text, escaped when written.

    Args:
        heading: of the part.
        sentences: a paragraph each.
        pictures: in a row.
        facts: names and values, such as settings.
        figures: plotly figures by name, in the light look.
        dark: the same figures for a dark screen; where none are given, the page stays light.
        alts: what a figure shows, in a sentence, by the same name.
        tables: by title; a long one is folded.
        texts: long text by title, folded.
        html: from another template, see `rendered`.
    """

    heading: str = ""
    sentences: Sequence[str] = ()
    pictures: Sequence[Picture] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    figures: Figures = field(default_factory=dict)
    dark: Figures = field(default_factory=dict)
    alts: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    html: Markup = Markup("")


def write_page(
    folder: Path,
    *,
    title: str,
    source: str,
    sentences: Sequence[str] = (),
    figures: Figures | None = None,
    sections: Sequence[Section] = (),
) -> None:
    """Write `figures.html` into `folder`: sentences and figures first, then the sections."""
    first = Section(sentences=sentences, figures=figures or {})
    (folder / "figures.html").write_text(page(title, source, [first, *sections]), encoding="utf-8")


def page(title: str, source: str, sections: Sequence[Section], lead: Sequence[str] = (), caution: str = "") -> str:
    """A whole page as text.

    Args:
        title: at the top, and of the window.
        source: what it was made of, in a line.
        sections: its parts.
        lead: sentences right below the title.
        caution: why to doubt them; empty where there is nothing to say.
    """
    charts = {f"{number}-{name}": _both_looks(part, name) for number, part in enumerate(sections)
              for name in part.figures}  # fmt: skip
    written = _json(charts)
    return str(rendered(
        TEMPLATE, title=title, source=source, lead=lead, caution=caution, sections=sections, width=WIDTH,
        charts=written, config=_json(CONFIG), plotly=Markup(get_plotlyjs()) if charts else "", light=LIGHT, dark=DARK,
        darkens=all(part.figures.keys() == part.dark.keys() for part in sections),
        nonce=hashlib.sha256(written.encode()).hexdigest()[:32],
    ))  # fmt: skip


def rendered(template: Path, **values: Any) -> Markup:
    """A Jinja2 template with its values, every one of them escaped; a name that it lacks is an error."""
    return Markup(_environment().from_string(template.read_text(encoding="utf-8")).render(**values))


def write_pictures(folder: Path, figures: Figures) -> str | None:
    """Write a PNG for every figure. Returns why there is none, in one sentence; None where there are.

    A picture takes a browser, which can fail in as many ways as there are browsers; the page has every figure anyway.
    """
    if not figures:
        return None
    try:
        drawn = [go.Figure(fig).update_layout(paper_bgcolor=LIGHT.background) for fig in figures.values()]
        heights = [round(fig.layout.height) for fig in drawn]
        files = [folder / f"{name}.png" for name in figures]
        plotly.io.write_images(drawn, files, width=WIDTH, height=heights, scale=2)
    except Exception as error:
        return f"No PNG was written: {_reason(error)}; figures.html has every figure."
    return None


def _reason(error: Exception) -> str:
    if isinstance(error, ImportError) or "kaleido" in str(error).lower() and "install" in str(error).lower():
        return "that takes the package kaleido (pip install kaleido)"
    if "chrome" in type(error).__name__.lower():
        return "that takes Chromium or Chrome on this machine"
    said = " ".join(str(error).split())
    return f"{type(error).__name__}{f' ({said[:200]})' if said else ''}"


def _both_looks(part: Section, name: str) -> dict[str, Any]:
    return {look: json.loads(figures[name].to_json()) for look, figures in (("light", part.figures),
            ("dark", part.dark)) if name in figures}  # fmt: skip


def _json(data: Any) -> Markup:
    """Plain data for a script: no sign in it can end the script."""
    text = json.dumps(data, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


@cache
def _environment() -> Environment:
    return Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
