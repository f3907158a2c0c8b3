import re

import pandas as pd
import pytest

from core.analysis.paper.arranged import arranged, html, latex, reasons
from core.analysis.paper.compared import compared
from core.look import LIGHT

TABLES = ("table1", "table2", "table3", "table4")


def rows_of(item: str) -> pd.DataFrame:
    """The printed cells of one network, the first of which has one of ours beside it."""
    rows = compared(item, {}, data="cifar10", network="vgg16")
    rows.loc[0, ["ours", "difference", "differs", "why"]] = [50.04, -3.26, True, "a <b>narrow</b> network"]
    return rows


@pytest.mark.parametrize("item", TABLES)
def test_every_printed_number_has_one_place(item: str) -> None:
    rows = rows_of(item)
    places = arranged(item, rows).to_numpy().ravel()
    assert sorted(place for place in places if place == place) == list(range(len(rows)))


def test_table_1_has_examples_down_and_sides_across() -> None:
    grid = arranged("table1", rows_of("table1"))
    assert list(grid.index) == ["clean", "fgsm", "pgd", "cw"]
    assert list(grid.columns) == ["all", "robust", "nonrobust"]
    grid = arranged("table3", rows_of("table3"))
    assert list(grid.index) == ["adv", "trades", "mart"]
    assert list(grid.columns)[0] == "clean"


@pytest.mark.parametrize("item", TABLES)
def test_latex_has_a_column_for_each_and_balanced_rows(item: str) -> None:
    rows = rows_of(item)
    text, grid = latex(item, rows), arranged(item, rows)
    body = [line for line in text.splitlines() if line.endswith(r"\\")]
    assert len(body) == len(grid) + 1
    assert {line.count("&") for line in body} == {len(grid.columns)}
    assert r"/ \textcolor{gray}{50.0} ($-3.3$)$^{1}$" in text
    assert text.count("/ --") == len(rows) - 1
    assert all(f"% {number}: {' '.join(why.split())}\n" in text for why, number in reasons(rows).items())


@pytest.mark.parametrize("item", TABLES)
def test_html_escapes_and_every_cell_leads_to_its_reason(item: str) -> None:
    rows = rows_of(item)
    text = html(item, rows, LIGHT)
    assert "<b>narrow" not in text
    assert "a &lt;b&gt;narrow&lt;/b&gt; network" in text
    assert len(re.findall(r'<td title="[^"]+" .*?<sup>\d+</sup></span></td>', text)) == len(rows)
    assert '<b class="other">50.0</b> <span>−3.3<sup>1</sup></span>' in text


@pytest.mark.parametrize("item", TABLES)
def test_on_a_narrow_page_every_cell_names_its_column(item: str) -> None:
    """A row is a block there: the column's head stands before its three numbers."""
    text = html(item, rows_of(item), LIGHT)
    heads = re.findall(r'<th scope="col">([^<]+)</th>', text)
    assert re.findall(r'data-of="([^"]+)"', text) == heads * len(arranged(item, rows_of(item)))


def test_more_columns_need_a_wider_page() -> None:
    table1, table3 = (
        int(re.findall(r"max-width: (\d+)ch", html(item, rows_of(item), LIGHT))[0]) for item in ("table1", "table3")
    )
    assert table1 < table3
