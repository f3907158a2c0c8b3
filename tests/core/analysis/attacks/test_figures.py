"""The pictures of an evaluation: names and values where their dots and lines are."""

import pandas as pd
import pytest

from core.analysis.attacks.figures.attack_dots import AttackRow, dots
from core.analysis.attacks.figures.falling_lines import Line, Marks, apart, falling
from core.look import DARK, LIGHT, Look, percent

ROWS = (
    AttackRow("no attack", 0.99, 0.97, 1.0, attacked=False),
    AttackRow("PGD", 0.85, 0.8, 0.89, rival=0.4),
    AttackRow("NRF L∞ (random channels)", 0.4, 0.35, 0.45, printed=0.47),
    AttackRow("worst case", 0.38, 0.3, 0.44, strong=True),
)


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_a_row_has_its_name_in_the_margin_and_its_value_at_its_dot(look: Look) -> None:
    fig = dots(ROWS, look, "the other")
    axis = fig.layout.yaxis
    assert list(axis.ticktext) == ["no attack", "PGD", "NRF L∞<br>(random channels)", "<b>worst case</b>"]
    (marks,) = (trace for trace in fig.data if trace.mode == "markers" and trace.marker.symbol[0] == "circle")
    (values,) = (trace for trace in fig.data if trace.mode == "text")
    assert list(marks.x) == [row.value for row in ROWS]
    assert list(marks.y) == list(values.y) == list(axis.tickvals)
    assert [percent(row.value) in text for row, text in zip(ROWS, values.text, strict=True)] == [True] * 4


def test_a_value_stands_beyond_whatever_is_drawn_on_its_row() -> None:
    (values,) = (trace for trace in dots(ROWS, LIGHT).data if trace.mode == "text")
    assert list(values.textposition) == ["middle left", "middle left", "middle right", "middle right"]
    assert list(values.x) == [ROWS[0].low, ROWS[1].rival, ROWS[2].printed, ROWS[3].high]


def test_the_worst_case_and_the_others_are_marked() -> None:
    fig = dots(ROWS, LIGHT, "the other")
    assert [shape.x0 for shape in fig.layout.shapes] == [0.38]
    symbols = {trace.marker.symbol: list(trace.x) for trace in fig.data if isinstance(trace.marker.symbol, str)}
    assert symbols["diamond-open"] == [0.4]
    assert symbols["x-thin"] == [0.47]


@pytest.mark.parametrize(
    ("heights", "gap", "wanted"),
    [
        ([0.2, 0.8], 0.1, [0.2, 0.8]),
        ([0.5, 0.5, 0.5], 0.1, [0.5, 0.6, 0.7]),
        ([1.0, 0.99, 0.2], 0.1, [1.0, 0.9, 0.2]),
    ],
)
def test_names_that_end_together_are_moved_apart(heights: list[float], gap: float, wanted: list[float]) -> None:
    assert apart(heights, gap, 0, 1) == pytest.approx(wanted)


def test_every_line_is_named_at_its_end() -> None:
    curve = pd.DataFrame({"radius": [0.0, 1.0], "value": [1.0, 0.3], "low": [0.9, 0.2], "high": [1.0, 0.4]})
    lines = [Line("NRF", curve, LIGHT.robust, band=True), Line("CW <c>", curve, LIGHT.nonrobust, "dash")]
    fig = falling(lines, LIGHT, "size", Marks({"compared here": 0.5}, ("chance", 0.1)))
    notes = {note.text: note for note in fig.layout.annotations}
    assert list(notes) == ["NRF", "CW &lt;c&gt;", "compared here", "chance"]
    assert notes["NRF"].y == pytest.approx(0.3)
    assert notes["CW &lt;c&gt;"].y > 0.3
    assert not fig.layout.showlegend
    assert [trace.name for trace in fig.data if trace.mode == "lines" and trace.name] == ["NRF", "CW &lt;c&gt;"]
