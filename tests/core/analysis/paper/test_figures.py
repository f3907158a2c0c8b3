"""The files of an item, on tiny runs."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from core.analysis.conduct import conduct
from core.analysis.paper.figures import figures, write
from core.analysis.paper.figures.figure5 import figure5
from core.analysis.paper.table1 import Table1
from core.analysis.results import StoredResult, stored_result, stored_results
from core.attacks import FGSM, PGD
from core.distillation import Bottleneck
from core.look import LIGHT
from tests.core.analysis.conftest import Bench


def table1(bench: Bench, data: str, out: Path) -> StoredResult:
    """Of four pictures, as if the network had been trained on `data`."""
    experiment = Table1(n=4, attacks=(FGSM(), PGD()), bottleneck=Bottleneck(cut=bench.card.cut, steps=5))
    result = conduct(experiment, replace(bench.subject, card=replace(bench.card, data=data)), out=out)
    assert result is not None
    assert write(result) is None
    return result


def test_a_network_that_the_paper_has_not_gets_a_page_that_says_so(bench: Bench, tmp_path: Path) -> None:
    folder = table1(bench, "toy", tmp_path / "made").folder
    assert pd.read_csv(folder / "compared.csv").empty
    assert "prints no number" in (folder / "figures.html").read_text(encoding="utf-8")
    assert not (folder / "table.tex").exists()


def test_a_network_of_the_paper_gets_its_cells(bench: Bench, tmp_path: Path) -> None:
    result = table1(bench, "cifar10", tmp_path / "made")
    rows = pd.read_csv(result.folder / "compared.csv").set_index(["example", "side"])
    assert list(rows["ours"].notna()) == [name != "cw" for name, _ in rows.index]
    cells = result.table("cells").set_index(["tolerance", "source", "example", "side", "against"])["value"]
    assert rows.loc[("pgd", "robust"), "ours"] == pytest.approx(100 * cells["image", "true", "pgd", "robust", "true"])
    assert "PGD" in (result.folder / "table.tex").read_text(encoding="utf-8")
    assert "<td title=" in (result.folder / "figures.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("item", "names"), [("figure2", ["maps"]), ("figure5", ["figure5a", "figure5b", "figure5c"])])
def test_every_shipped_figure_is_drawn(item: str, names: list[str]) -> None:
    for folder in stored_results(f"paper-{item}").values():
        assert list(figures(StoredResult(folder), LIGHT)) == names


def test_figure_5_has_both_sides_on_clean_and_attacked_images_and_their_number() -> None:
    result = stored_result("bottleneck", "shapes-vgg16-adv")
    traces = [trace for panel in figure5(result, LIGHT).values() for trace in panel.data]
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
