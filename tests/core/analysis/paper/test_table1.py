from dataclasses import replace

import numpy as np
import pytest
import torch

from core.analysis import attacked
from core.analysis.paper import batches
from core.analysis.paper.sources import SOURCES
from core.analysis.paper.table1 import Table1, standing
from core.analysis.results import Result
from core.attacks import FGSM, PGD, ThreatModel
from core.distillation import read_out
from core.models import random_twin
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
    assert set(cells[cells["source"] != "same class"]["n"]) == {5}


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
    right = np.array([[1, 1, 1, 0], [0, 1, 1, 0]], dtype=bool).T
    other = np.array([[1, 1, 0, 0], [0, 0, 0, 1]], dtype=bool).T
    table = standing(right, other, ["clean", "pgd"]).set_index("example")
    assert table.loc["clean"].tolist() == pytest.approx([3 / 4, 2 / 3, 2 / 3, 0])
    assert table.loc["pgd"].tolist() == pytest.approx([1 / 2, 0, 1 / 2, 1 / 2])


def test_both_sides_may_be_right_where_the_network_is_wrong_for_the_bias_alone(bench: Bench) -> None:
    """The logits of the sides add up to the network's and its bias once more, so this is counted, not assumed."""
    card = replace(bench.card, num_classes=2, class_names=("a", "b"))
    model = random_twin(card, seed=1)
    linear = model.stages["classifier"].linear
    linear.weight.zero_()
    linear.weight[1] = 0.01
    linear.bias.copy_(torch.tensor([1.0, 0.0]))
    y = torch.zeros(4, dtype=torch.long)
    z = torch.full((4, linear.in_features, 2, 2), 150.0 / linear.in_features)  # 1.5 in all, .75 on either side
    half = torch.arange(linear.in_features).expand(4, -1) < linear.in_features // 2
    logits = read_out(model, z, half, "conv5_3")
    right, other = (logits.all.argmax(dim=1) == y)[:, None], (logits.nonrobust.argmax(dim=1) == y)[:, None]
    assert (logits.robust.argmax(dim=1) == y).all()
    assert other.all()
    assert not right.any()
    assert standing(right.numpy(), other.numpy(), ["clean"])["turned"].tolist() == [1.0]


def test_pairs_of_examples_are_compared_on_the_same_images(found: Result) -> None:
    cells = found.tables["cells"].query("tolerance == 'image' and source == 'true' and side == 'nonrobust'")
    shares = cells[cells["against"] == "true"].set_index("example")["value"]
    pairs = {(row["before"], row["after"]): row for row in found.summary["differences"]}
    assert set(pairs) == {("clean", "fgsm"), ("clean", "pgd steps=2"), ("fgsm", "pgd steps=2")}
    for (before, after), row in pairs.items():
        assert row["value"] == pytest.approx(shares[before] - shares[after])
        assert row["low"] <= row["value"] <= row["high"]
        assert row["n"] == 5


def test_images_without_a_robust_channel_are_no_echo(bench: Bench) -> None:
    """At so high a beta a channel's noise is its own variance, so that of four images lies below the batch's T."""
    none = Table1(n=5, attacks=ATTACKS[:1], bottleneck=replace(BOTTLENECK, beta=1e6, steps=200))(bench.subject)
    empty = none.tables["masks"].set_index(["tolerance", "source"])["empty"]["batch", "wrong"]
    assert empty >= 0.8
    cells = none.tables["cells"].set_index(["tolerance", "source", "side", "against", "example"]).sort_index()
    echo = cells.loc[("batch", "wrong", "robust", "supplied", "clean")]
    assert echo["n"] == 5
    assert echo["value"] <= 1 - empty


def test_an_image_without_another_of_its_class_is_left_out(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels 0, 1, 2, 0, 1: the image of class 2 has no partner; the others' may lie in another batch."""
    n: dict[int, set[int]] = {}
    for size in (2, 100):
        monkeypatch.setattr(batches, "BATCH", size)
        monkeypatch.setattr(attacked, "BATCH", size)
        cells = Table1(n=5, attacks=ATTACKS[:1], bottleneck=BOTTLENECK)(bench.subject).tables["cells"]
        n[size] = set(cells[(cells["source"] == "same class") & (cells["side"] == "nonrobust")]["n"])
        assert set(cells[(cells["source"] == "other class") & (cells["side"] == "nonrobust")]["n"]) == {5}
    assert n == {2: {4}, 100: {4}}


def test_the_same_seed_gives_the_same_table(found: Result, bench: Bench) -> None:
    again = Table1(n=5, attacks=ATTACKS, bottleneck=BOTTLENECK)(bench.subject)
    assert found.tables["cells"].equals(again.tables["cells"])
    other = Table1(n=5, attacks=ATTACKS, bottleneck=BOTTLENECK, seed=1)(bench.subject)
    assert not np.array_equal(found.tables["masks"]["overlap"], other.tables["masks"]["overlap"])
