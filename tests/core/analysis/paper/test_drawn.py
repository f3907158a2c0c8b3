"""The files of an item, on tiny runs."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from core.analysis.conduct import conduct
from core.analysis.paper.drawn import drawn, write_table
from core.analysis.paper.table1 import Table1
from core.analysis.results import StoredResult, stored_result
from core.attacks import FGSM, PGD
from core.distillation import Bottleneck
from core.look import LIGHT
from tests.core.analysis.conftest import Bench


def table1(bench: Bench, data: str, out: Path) -> StoredResult:
    """Of four pictures, as if the network had been trained on `data`."""
    experiment = Table1(n=4, attacks=(FGSM(), PGD()), bottleneck=Bottleneck(cut=bench.card.cut, steps=5))
    return conduct(experiment, replace(bench.subject, card=replace(bench.card, data=data)), out=out)


def test_a_network_that_the_paper_has_not_gets_a_page_that_says_so(bench: Bench, tmp_path: Path) -> None:
    write_table("table1", tmp_path, table1(bench, "toy", tmp_path / "made"))
    assert pd.read_csv(tmp_path / "compared.csv").empty
    assert "prints no number" in (tmp_path / "figures.html").read_text(encoding="utf-8")
    assert not (tmp_path / "table.tex").exists()


def test_a_network_of_the_paper_gets_its_cells(bench: Bench, tmp_path: Path) -> None:
    result = table1(bench, "cifar10", tmp_path / "made")
    write_table("table1", tmp_path, result)
    rows = pd.read_csv(tmp_path / "compared.csv").set_index(["example", "side"])
    assert list(rows["ours"].notna()) == [name != "cw" for name, _ in rows.index]
    cells = result.table("cells").set_index(["tolerance", "source", "example", "side", "against"])["value"]
    assert rows.loc[("pgd", "robust"), "ours"] == pytest.approx(100 * cells["image", "true", "pgd", "robust", "true"])
    assert "PGD" in (tmp_path / "table.tex").read_text(encoding="utf-8")
    assert "<td title=" in (tmp_path / "figures.html").read_text(encoding="utf-8")


def test_figure_5_has_both_sides_on_clean_and_attacked_images_and_their_number() -> None:
    result = stored_result("bottleneck", "shapes-vgg16-adv")
    traces = [trace for panel in drawn("figure5", result, LIGHT).values() for trace in panel.data]
    bars = [trace for trace in traces if trace.type == "bar"]
    curves = result.table("curves").set_index(["images", "side"])
    assert [list(bar.y) for bar in bars[:4]] == [
        list(curves.loc[(images, side), "value"])
        for images in ("clean", "attacked")
        for side in ("robust", "nonrobust")
    ]
    counts = result.table("counts")
    assert list(bars[4].y) == list(counts["robust_mean"])
    marks = [trace for trace in traces if trace.type == "scatter"]
    assert list(marks[0].y) == list(curves.loc[("clean", "robust"), "wrong_label_value"])
