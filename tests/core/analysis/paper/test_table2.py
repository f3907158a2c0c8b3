import pytest
import torch

from core.analysis.paper.table2 import Table2
from core.analysis.results import Result
from core.attacks import PGD, ThreatModel
from core.distillation import masked
from core.seeding import generator
from core.statistics import paired_difference
from tests.core.analysis.conftest import BOTTLENECK, Bench

PGD_2 = PGD(threat=ThreatModel(epsilon=0.1), steps=2)


@pytest.fixture(scope="module")
def found(bench: Bench) -> Result:
    return Table2(n=5, attacks=(PGD_2,), bottleneck=BOTTLENECK)(bench.subject)


def test_the_cells_are_what_a_loop_over_images_finds(bench: Bench, found: Result) -> None:
    cells = found.tables["cells"]
    agreed = counted = right = 0
    for i, (x, y) in enumerate(zip(bench.data.images.split(1), bench.data.labels.split(1), strict=True)):
        x_adv = PGD_2(bench.model, x, y, generator=[generator(0, "pgd", i)])
        with torch.no_grad():
            said = bench.model(x_adv).argmax()
            was_right = bool(bench.model(x).argmax() == y)
        if said == y:
            continue
        split = BOTTLENECK(bench.model, x_adv, y, seed=0)
        with torch.no_grad():
            alone = bench.model.head(masked(split.features, ~split.robust), "conv5_3").argmax()
        agreed, counted, right = agreed + int(alone == said), counted + 1, right + was_right
    assert counted > 0
    row = cells.set_index(["tolerance", "source", "counted"])
    assert row.loc[("image", "true", "all fooled"), "n"] == counted
    assert row.loc[("image", "true", "all fooled"), "value"] == pytest.approx(agreed / counted)
    assert row.loc[("image", "true", "right when clean"), "n"] == right
    assert set(cells["source"]) == {"true", "random", "wrong"}


def test_the_difference_from_channels_by_lot_is_that_of_the_same_images(found: Result) -> None:
    cells = found.tables["cells"].query("tolerance == 'image' and counted == 'all fooled'")
    cells = cells.set_index("source")
    (row,) = found.summary["differences"]
    assert row["attack"] == "pgd steps=2"
    assert row["n"] == cells.loc["true", "n"]
    assert row["value"] == pytest.approx(cells.loc["true", "value"] - cells.loc["random", "value"])
    widest = paired_difference([True] * row["n"], [False] * row["n"])
    assert row["low"] <= row["value"] <= row["high"] <= widest.high
