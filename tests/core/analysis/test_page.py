"""Whatever comes from outside is text on a page (SEC-4), and a page asks for nothing outside itself."""

import json
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from core.analysis.page import Picture, Section, page, rendered, write_page
from core.look import LIGHT, figure

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
PIXEL = "data:image/png;base64,AA=="


def chart(text: str) -> go.Figure:
    return figure(LIGHT, 10).add_scatter(x=[0], y=[1], text=[text])


def test_nothing_from_outside_is_markup() -> None:
    """Every place that takes text, each with the same hostile one."""
    part = Section(
        heading=HOSTILE,
        sentences=[HOSTILE],
        pictures=[Picture(PIXEL, HOSTILE)],
        facts={HOSTILE: HOSTILE},
        figures={"a": chart(HOSTILE)},
        alts={"a": HOSTILE},
        tables={HOSTILE: pd.DataFrame({HOSTILE: [HOSTILE]})},
        texts={HOSTILE: HOSTILE},
    )
    text = page(HOSTILE, HOSTILE, [part], lead=[HOSTILE], caution=HOSTILE)
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert text.count("<script") == text.count("</script>") == 3
    charts = text.split('id="charts">')[1].split("</script>")[0]
    assert json.loads(charts)["0-a"]["light"]["data"][0]["text"] == [HOSTILE]


def test_a_page_without_figures_has_no_script_and_stays_small(tmp_path: Path) -> None:
    write_page(tmp_path, title="t", source="s", sentences=["a < b"])
    text = (tmp_path / "figures.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "a &lt; b" in text
    assert len(text) < 10_000


def test_a_page_is_dark_only_where_every_figure_is() -> None:
    light = page("t", "s", [Section(figures={"a": chart("")})])
    both = page("t", "s", [Section(figures={"a": chart("")}, dark={"a": chart("")})])
    assert "color-scheme: light;" in light
    assert "color-scheme: light dark;" in both


def test_long_tables_are_folded_and_numbers_short() -> None:
    text = page("t", "s", [Section(tables={"long": pd.DataFrame({"x": [1 / 3] * 25})})])
    assert "<summary>long</summary>" in text
    assert "<td>0.3333</td>" in text
    assert "<h3>short</h3>" in page("t", "s", [Section(tables={"short": pd.DataFrame({"x": [1]})})])


def test_another_template_is_escaped_too_and_stands_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "own.html.j2"
    file.write_text("<b>{{ name }}</b>", encoding="utf-8")
    own = rendered(file, name=HOSTILE)
    assert own == Markup("<b>") + HOSTILE + Markup("</b>")
    assert str(own) in page("t", "s", [Section(html=own)])
    with pytest.raises(UndefinedError):
        rendered(file)
