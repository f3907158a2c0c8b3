from dataclasses import replace

import pytest
import torch

from core.analysis.channels.agreement import weight_margin
from core.analysis.channels.experiment import Assignment
from core.analysis.channels.findings import flip_words
from core.analysis.channels.flips import smallest_flip
from core.analysis.results import Result
from core.analysis.split import linear_tail
from core.errors import InputError
from core.look import percent
from tests.core.analysis.conftest import BOTTLENECK, PGD_2, Bench

ASSIGNMENT = Assignment(n=5, seeds=3, attack=PGD_2, bottleneck=BOTTLENECK)


@pytest.fixture(scope="module")
def found(bench: Bench) -> Result:
    return ASSIGNMENT(bench.subject)


@pytest.fixture(scope="module")
def masks(bench: Bench) -> torch.Tensor:
    """(seeds, n, c), each distilled by a call of its own."""
    x, y = bench.data.images, bench.data.labels
    return torch.stack([BOTTLENECK(bench.model, x, y, seed=seed).robust for seed in range(3)])


def test_shares_and_whiskers_are_those_of_separate_calls(found: Result, masks: torch.Tensor) -> None:
    channels, shares = found.tables["channels"], masks.double().mean(dim=1).numpy()
    assert found.tables["activations"]["robust"].tolist() == masks[0].flatten().tolist()
    assert channels["robust_share"].tolist() == pytest.approx(shares[0])
    assert channels["robust_share_low"].tolist() == pytest.approx(shares.min(axis=0))
    assert channels["robust_share_high"].tolist() == pytest.approx(shares.max(axis=0))
    differ = (masks[[0, 0, 1]] != masks[[1, 2, 2]]).double().mean(dim=(0, 1))
    assert channels["flip_rate"].tolist() == pytest.approx(differ.numpy())


def test_classes_hold_share_and_weight_of_every_channel(bench: Bench, found: Result, masks: torch.Tensor) -> None:
    classes = found.tables["classes"]
    assert len(classes) == 3 * 32
    of_class = classes[classes["class"] == 1].sort_values("channel")
    assert of_class["robust_share"].tolist() == masks[0][bench.data.labels == 1].double().mean(dim=0).tolist()
    linear = linear_tail(bench.model, "conv5_3")
    assert linear is not None
    assert of_class["weight_margin"].tolist() == pytest.approx(weight_margin(linear)[1].tolist())


def test_every_image_is_compared_with_weights_chance_and_seeds(bench: Bench, found: Result) -> None:
    images = found.tables["images"]
    assert images["robust_count"].tolist() == found.tables["activations"].groupby("index")["robust"].sum().tolist()
    for name in ("weights", "variance"):
        assert images[f"spearman_{name}"].between(-1, 1).all()
    for name in ("weights", "variance", "random", "seeds"):
        assert images[f"jaccard_{name}"].dropna().between(0, 1).all()
    flips = [smallest_flip(bench.model, z[None]) for z in bench.model.features(bench.data.images)]
    assert images["flip_size"].tolist() == [0 if flip is None else len(flip.channels) for flip in flips]


def test_the_same_seed_gives_the_same_numbers(bench: Bench, found: Result) -> None:
    again = ASSIGNMENT(bench.subject)
    assert all(again.tables[name].equals(table) for name, table in found.tables.items())
    assert again.summary == found.summary


def test_the_summary_puts_the_trivial_masks_beside_the_distilled_one(found: Result) -> None:
    images, summary = found.tables["images"], found.summary
    for name in ("distilled", "weights", "random"):
        expected = (images[f"attacked_{name}"] == images["label"]).mean()
        assert summary["accuracy"][name]["attacked"]["value"] == expected
    assert sorted(summary["channel_order"]) == list(range(32))
    assert sorted(summary["class_order"]) == [0, 1, 2]
    assert any("nothing distilled" in said and "at random" in said for said in summary["sentences"].values())


def test_behind_another_tail_there_are_no_weights_to_agree_with(bench: Bench) -> None:
    found = replace(ASSIGNMENT, seeds=1, bottleneck=replace(BOTTLENECK, cut="conv4_3"))(bench.subject)
    assert not found.summary["linear_tail"]
    assert found.summary["accuracy"]["weights"] is None
    assert found.summary["agreement"]["weights"] == {"spearman": None, "jaccard": None}
    assert found.summary["agreement"]["seeds"]["jaccard"] is None
    assert found.tables["classes"]["weight_margin"].isna().all()


def test_of_one_seed_how_often_a_channel_changes_side_is_unknown(bench: Bench) -> None:
    found = replace(ASSIGNMENT, seeds=1)(bench.subject)
    assert found.tables["channels"]["flip_rate"].isna().all()
    assert found.summary["flip_rate"] is None
    assert "changes side" not in " ".join(found.summary["sentences"].values())
    assert "unknown" in flip_words(found.tables["channels"]["flip_rate"][0])
    assert flip_words(0.25) == f"changes side in {percent(0.25)} of pairs of seeds"


def test_no_seed_is_refused() -> None:
    with pytest.raises(InputError, match="at least 1 seed, got 0"):
        Assignment(seeds=0)
