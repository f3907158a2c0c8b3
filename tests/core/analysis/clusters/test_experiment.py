from dataclasses import replace

import numpy as np
import pytest
import torch

from core.analysis.clusters.experiment import KINDS, MAPS, FeatureMaps
from core.analysis.clusters.purity import chance, purity
from core.analysis.results import Result
from core.analysis.split import pooled, wrong_labels
from core.datasets import Dataset
from core.distillation import masked
from core.errors import InputError
from core.seeding import generator
from tests.core.analysis.conftest import BOTTLENECK, PGD_2, Bench

N = 12
EMBED = FeatureMaps(
    n=N, perplexity=4, vector="pooled", neighbors=3, iterations=250, multiples_n=6, perplexities=(3,), map_seeds=(0, 1),
    attack=PGD_2, bottleneck=BOTTLENECK,
)  # fmt: skip


@pytest.fixture(scope="module")
def data(bench: Bench) -> Dataset:
    images = torch.rand(N, 3, 32, 32, generator=generator(3))
    return replace(bench.data, images=images, labels=torch.arange(N) % 3)


@pytest.fixture(scope="module")
def found(bench: Bench, data: Dataset) -> Result:
    return EMBED(replace(bench.subject, data=data))


def test_every_map_has_a_point_for_each_image_and_kind(found: Result, data: Dataset) -> None:
    points = found.tables["points"]
    assert points.groupby(["map", "side", "images"]).size().to_dict() == {
        (name, *kind): N for name in MAPS for kind in KINDS
    }
    assert (points["label"] == data.labels.numpy()[points["index"]]).all()
    assert points[["x", "y"]].notna().all().all()
    for _, rows in points.groupby("map"):
        assert np.abs(rows[["x", "y"]].mean()).max() < 1e-3


def test_the_wrong_label_is_supplied_in_its_map_alone(found: Result, data: Dataset) -> None:
    points = found.tables["points"]
    wrong = points["map"] == "wrong label"
    assert (points.loc[~wrong, "supplied"] == points.loc[~wrong, "label"]).all()
    expected = wrong_labels(data.labels, 3, 0).numpy()
    assert (points.loc[wrong, "supplied"] == expected[points.loc[wrong, "index"]]).all()


def test_predictions_and_purity_are_those_of_the_features(bench: Bench, data: Dataset, found: Result) -> None:
    split = BOTTLENECK(bench.model, data.images, data.labels)
    robust = masked(split.features, split.robust)
    points = found.tables["points"].query("map == 'true label' and side == 'robust' and images == 'clean'")
    assert points["predicted"].tolist() == bench.model.head(robust).argmax(dim=1).tolist()
    assert points["empty"].tolist() == (~split.robust.any(dim=1)).tolist()
    row = found.tables["quality"].query("map == 'true label' and side == 'robust' and images == 'clean'").iloc[0]
    vectors = pooled(bench.model, robust).numpy()
    assert row["purity"] == pytest.approx(purity(vectors, data.labels.numpy(), 3))
    assert row["chance"] == chance(data.labels.numpy())
    assert row["n"] == N


def test_all_channels_are_as_pure_in_every_map_since_no_mask_touches_them(found: Result) -> None:
    rows = found.tables["quality"].query("side == 'all' and by == 'true'")
    for _, group in rows.groupby("images"):
        assert group["purity"].nunique() == 1
        assert len(group) == len(MAPS)


def test_both_labels_are_judged_where_they_differ(found: Result) -> None:
    by = found.tables["quality"].groupby("map")["by"].unique().map(set).to_dict()
    assert by == {"true label": {"true"}, "random mask": {"true"}, "wrong label": {"true", "supplied"}}


def test_small_multiples_differ_in_nothing_but_perplexity_and_seed(found: Result) -> None:
    multiples = found.tables["multiples"]
    assert multiples.groupby(["perplexity", "seed"]).size().tolist() == [36, 36]
    first, second = (rows.reset_index() for _, rows in multiples.groupby("seed"))
    assert not np.allclose(first[["x", "y"]], second[["x", "y"]])
    assert first[["side", "images", "index", "label"]].equals(second[["side", "images", "index", "label"]])
    assert found.tables["maps"]["map"].tolist() == [*MAPS, "multiple", "multiple"]


def test_the_same_seed_gives_the_same_map(bench: Bench, data: Dataset, found: Result) -> None:
    steps: list[tuple[int, int]] = []
    again = EMBED(replace(bench.subject, data=data), on_step=lambda *step: steps.append(step))
    assert steps == [(done, 6) for done in range(1, 7)]
    assert all(again.tables[name].equals(table) for name, table in found.tables.items())


def test_sentences_name_chance_and_controls(found: Result) -> None:
    everything, robust, nonrobust = found.summary["sentences"]
    assert "random neighbors" in everything
    assert all("given a wrong label" in said and "at random" in said for said in (robust, nonrobust))


def test_flat_vectors_are_the_whole_map(bench: Bench, data: Dataset) -> None:
    flat = replace(EMBED, vector="flat", perplexities=())
    z = bench.model.features(data.images)
    vectors = flat._vectors(bench.model, (z, z), torch.ones(N, z.shape[1], dtype=torch.bool))
    assert np.array_equal(vectors["robust", "clean"], z.flatten(1).numpy())
    assert not vectors["nonrobust", "clean"].any()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"vector": "square"}, "Unknown vector 'square'; known are flat, pooled"),
        ({"perplexity": 72.0}, "between 1 and the number of points, 72, got 72"),
        ({"perplexities": (36.0,)}, "between 1 and the number of points, 36, got 36"),
        ({"n": 3}, "at least 4 images"),
        ({"neighbors": 0}, "1 neighbor"),
        ({"iterations": 10}, "at least 250 iterations, got 10"),
    ],
)
def test_what_no_map_can_have_is_refused(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        replace(EMBED, **change)
