import math
from dataclasses import replace

import pandas as pd
import pytest
import torch

from core.analysis.explain.explanation import explain
from core.analysis.results import Result
from core.analysis.split import pooled, wrong_labels
from core.analysis.start.experiment import Survey, channel_table
from core.errors import InputError
from core.seeding import generator
from tests.core.analysis.conftest import BOTTLENECK, PGD_2, Bench

SURVEY = Survey(n=4, attack=PGD_2, bottleneck=BOTTLENECK)


@pytest.fixture(scope="module")
def steps() -> list[tuple[int, int]]:
    return []


@pytest.fixture(scope="module")
def surveyed(bench: Bench, steps: list[tuple[int, int]]) -> Result:
    def on_step(done: int, total: int) -> None:
        steps.append((done, total))

    return SURVEY(bench.subject, on_step=on_step)


def test_a_row_is_what_explaining_the_image_says(bench: Bench, surveyed: Result) -> None:
    assert surveyed.tables["images"]["index"].tolist() == [0, 1, 2, 3]
    for row in surveyed.tables["images"].to_dict("records"):
        x, label = bench.data.images[row["index"]][None], int(bench.data.labels[row["index"]])
        alone = explain(bench.model, x, label, attack=PGD_2, bottleneck=BOTTLENECK, index=row["index"])
        assert row["label"] == label
        assert row["robust_count"] == int(alone.clean.split.robust.sum())
        assert row["tolerance"] == pytest.approx(float(alone.clean.split.tolerance), rel=1e-4)
        for images, side in (("clean", alone.clean), ("attacked", alone.adversarial)):
            for which in ("all", "robust", "nonrobust"):
                assert row[f"{images}_{which}"] == int(getattr(side.logits, which).argmax())


def test_the_wrong_label_is_supplied_and_never_true(bench: Bench, surveyed: Result) -> None:
    assert (surveyed.tables["images"]["wrong_label"] != surveyed.tables["images"]["label"]).all()
    for row in surveyed.tables["images"].to_dict("records"):
        x = bench.data.images[row["index"]][None]
        wrong = explain(bench.model, x, row["label"], attack=None, bottleneck=BOTTLENECK, label=row["wrong_label"])
        assert row["wrong_clean_robust"] == int(wrong.clean.logits.robust.argmax())


def test_the_twin_goes_through_the_same(bench: Bench, surveyed: Result) -> None:
    row = surveyed.tables["images"].iloc[0]
    twin = explain(bench.twin, bench.data.images[:1], int(row["label"]), attack=None, bottleneck=BOTTLENECK)
    assert row["twin_robust_count"] == int(twin.clean.split.robust.sum())
    assert row["twin_clean_robust"] == int(twin.clean.logits.robust.argmax())


def test_empty_and_full_are_counted_not_guessed(surveyed: Result) -> None:
    images = surveyed.tables["images"]
    assert (images["empty"] == (images["robust_count"] == 0)).all()
    assert (images["full"] == (images["robust_count"] == 32)).all()


def test_it_repeats_and_reports(bench: Bench, surveyed: Result, steps: list[tuple[int, int]]) -> None:
    again = SURVEY(bench.subject)
    pd.testing.assert_frame_equal(again.tables["images"], surveyed.tables["images"])
    pd.testing.assert_frame_equal(again.tables["channels"], surveyed.tables["channels"])
    assert steps == [(4, 4)]


@pytest.mark.parametrize("n", [0, -1, 6])
def test_it_asks_for_images_that_are_there(bench: Bench, n: int) -> None:
    with pytest.raises(InputError, match=f"has 5 images, got n = {n}"):
        replace(SURVEY, n=n)(bench.subject)


def test_wrong_labels_reach_every_other_class() -> None:
    y = torch.arange(4).repeat(500)
    drawn = wrong_labels(y, 4, seed=0)
    assert (drawn != y).all()
    counts = torch.bincount(4 * y + drawn, minlength=16).view(4, 4)
    off = counts[~torch.eye(4, dtype=torch.bool)]
    assert off.min() > 110  # of 167 expected


def test_a_channel_row_says_how_often_where_and_for_what() -> None:
    robust = torch.tensor([[1, 0], [1, 0], [0, 0], [1, 1]], dtype=torch.bool)
    activation = torch.tensor([[0.1, 4.0], [0.5, 3.0], [0.3, 2.0], [0.2, 1.0]])
    table = channel_table(robust, activation, torch.tensor([0, 0, 2, 2]), 3)
    assert table["robust_share"].tolist() == [0.75, 0.25]
    assert table["robust_share_0"].tolist() == [1.0, 0.0]
    assert table["robust_share_2"].tolist() == [0.5, 0.5]
    assert all(math.isnan(share) for share in table["robust_share_1"])
    assert table["mean_activation"].tolist() == pytest.approx([0.275, 2.5])
    assert [table[f"top_{k}"].tolist() for k in (1, 2)] == [[1, 0], [2, 1]]


def test_an_activation_is_what_the_linear_layer_reads(bench: Bench) -> None:
    z = bench.model.features(bench.data.images)
    vector = pooled(bench.model, z)
    assert torch.allclose(bench.model.stages["classifier"].linear(vector), bench.model.head(z), atol=1e-5)
    early = torch.randn(2, 3, 4, 4, generator=generator(0))
    assert torch.allclose(pooled(bench.model, early, "conv1_1"), early.clamp_min(0).mean(dim=(2, 3)))
