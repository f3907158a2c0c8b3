from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from core.analysis.paper.index_sources import SOURCES, indices, partners
from core.analysis.paper.table1 import Table1, standing
from core.analysis.results import Result
from core.attacks import FGSM, PGD, ThreatModel
from core.distillation import read_out
from core.errors import InputError
from tests.core.analysis.conftest import BOTTLENECK, Bench

ATTACKS = (FGSM(threat=ThreatModel(epsilon=0.1)), PGD(threat=ThreatModel(epsilon=0.1), steps=2))


@pytest.fixture(scope="module")
def found(bench: Bench) -> Result:
    return Table1(n=5, attacks=ATTACKS, bottleneck=BOTTLENECK)(bench.subject)


def test_every_source_example_and_side_has_a_cell(found: Result) -> None:
    cells = found.tables["cells"]
    split = cells[cells["source"] != "none"]
    assert len(split) == 2 * len(SOURCES) * 3 * 2 * 2
    assert len(cells) - len(split) == 3 * 2
    assert ((cells["low"] <= cells["value"]) & (cells["value"] <= cells["high"])).all()
    assert set(cells["n"]) == {5}


def test_the_true_labels_cells_are_what_a_loop_over_images_finds(found: Result, bench: Bench) -> None:
    cells = found.tables["cells"].set_index(["tolerance", "source", "example", "side", "against"])["value"]
    right = {"robust": 0, "nonrobust": 0}
    for x, y in zip(bench.data.images.split(1), bench.data.labels.split(1), strict=True):
        split = BOTTLENECK(bench.model, x, y, seed=0)
        logits = read_out(bench.model, split.features, split.robust, BOTTLENECK.cut)
        for side in right:
            right[side] += int(getattr(logits, side).argmax() == y)
    for side, count in right.items():
        assert cells["image", "true", "clean", side, "true"] == count / 5
        assert cells["image", "true", "clean", side, "supplied"] == count / 5


def test_a_batch_shares_the_largest_tolerance(found: Result) -> None:
    masks = found.tables["masks"].set_index(["tolerance", "source"])
    assert masks.loc[("batch", "true"), "robust_share"] <= masks.loc[("image", "true"), "robust_share"]
    assert masks.loc[("image", "true"), "overlap"] == pytest.approx(1)


def test_the_nonrobust_side_is_right_on_what_it_is_right_on(found: Result, bench: Bench) -> None:
    x, y = bench.data.images[:5], bench.data.labels[:5]
    split = BOTTLENECK(bench.model, x, y, seed=0)
    logits = read_out(bench.model, split.features, split.robust, BOTTLENECK.cut)
    right, other = logits.all.argmax(dim=1) == y, logits.nonrobust.argmax(dim=1) == y
    rows = found.tables["standing"].set_index("example")
    clean = rows.loc["clean"]
    assert clean["right"] == pytest.approx(float(right.float().mean()))
    assert clean["nonrobust"] == pytest.approx(float(other[right].float().mean()), nan_ok=True)
    assert clean["turned"] == pytest.approx(float(other[~right].float().mean()), nan_ok=True)
    cells = found.tables["cells"].set_index(["tolerance", "source", "example", "side", "against"])["value"]
    shares = rows[["nonrobust", "turned"]].fillna(0)
    for name, row in rows.iterrows():
        of_all = row["right"] * shares.loc[name, "nonrobust"] + (1 - row["right"]) * shares.loc[name, "turned"]
        assert of_all == pytest.approx(cells["image", "true", name, "nonrobust", "true"])


def test_what_was_right_before_the_attack_is_counted_on_the_same_images() -> None:
    columns = ["tolerance", "source", "example", "side", "true"]
    said = {
        ("", "none", "clean", "all"): [1, 1, 1, 0], ("image", "true", "clean", "nonrobust"): [1, 1, 0, 0],
        ("", "none", "pgd", "all"): [0, 1, 1, 0], ("image", "true", "pgd", "nonrobust"): [0, 0, 0, 1],
    }  # fmt: skip
    rows = pd.DataFrame([(*key, bool(one)) for key, ones in said.items() for one in ones], columns=columns)
    table = standing(rows, ["clean", "pgd"]).set_index("example")
    assert table.loc["clean"].tolist() == pytest.approx([3 / 4, 2 / 3, 2 / 3, 0])
    assert table.loc["pgd"].tolist() == pytest.approx([1 / 2, 0, 1 / 2, 1 / 2])


def test_what_each_source_supplies(bench: Bench) -> None:
    with torch.no_grad():
        z = bench.model.features(bench.data.images)
        said = bench.model.head(z).argmax(dim=1)
    y = bench.data.labels
    found = indices(bench.model, z, y, replace(BOTTLENECK, cut="conv5_3"), seed=0, start=0)
    assert set(found) == set(SOURCES)
    assert torch.equal(found["predicted"].supplied, said)
    assert (found["wrong"].supplied != y).all()
    assert (found["runner-up"].supplied != y).all()
    assert torch.equal(found["random"].robust.sum(dim=1), found["true"].robust.sum(dim=1))
    assert torch.equal(found["same class"].supplied, y)


def test_partners_are_the_next_of_the_batch() -> None:
    y = torch.tensor([0, 1, 0, 1, 2])
    assert partners(y, same=True).tolist() == [2, 3, 0, 1, 4]
    assert partners(y, same=False).tolist() == [1, 2, 3, 4, 0]
    assert partners(torch.tensor([3]), same=True).tolist() == [0]


def test_the_same_seed_gives_the_same_table(found: Result, bench: Bench) -> None:
    again = Table1(n=5, attacks=ATTACKS, bottleneck=BOTTLENECK)(bench.subject)
    assert found.tables["cells"].equals(again.tables["cells"])
    other = Table1(n=5, attacks=ATTACKS, bottleneck=BOTTLENECK, seed=1)(bench.subject)
    assert not np.array_equal(found.tables["masks"]["overlap"], other.tables["masks"]["overlap"])


def test_without_an_attack_it_is_refused() -> None:
    with pytest.raises(InputError, match="at least one attack"):
        Table1(attacks=())
