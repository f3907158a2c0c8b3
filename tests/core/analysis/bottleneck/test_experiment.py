from dataclasses import replace

import numpy as np
import pytest
import torch

from core.analysis.bottleneck.experiment import BetaSweep, sweep_image
from core.analysis.explain.explanation import attacked
from core.analysis.results import Result
from core.analysis.start.experiment import Survey
from core.distillation import Bottleneck, read_out
from core.errors import InputError
from tests.core.analysis.conftest import PGD_2, Bench

BETAS = (0.0, 0.1, 1.0, 30.0)
PLAIN = Bottleneck(steps=20, cut="conv5_3")
SWEEP = BetaSweep(n=5, betas=BETAS, attack=PGD_2, bottleneck=PLAIN)


@pytest.fixture(scope="module")
def found(bench: Bench) -> Result:
    return SWEEP(bench.subject)


def test_a_sweep_equals_separate_calls_of_the_bottleneck(bench: Bench, found: Result) -> None:
    images = found.tables["images"].set_index(["beta", "index"]).sort_index()
    for beta in BETAS:
        split = replace(PLAIN, beta=beta)(bench.model, bench.data.images, bench.data.labels, seed=0)
        said = read_out(bench.model, split.features, split.robust, "conv5_3")
        rows = images.loc[beta]
        assert rows["robust_count"].tolist() == split.robust.sum(dim=1).tolist()
        assert rows["clean_robust"].tolist() == said.robust.argmax(dim=1).tolist()
        assert rows["clean_nonrobust"].tolist() == said.nonrobust.argmax(dim=1).tolist()


def test_at_one_beta_a_sweep_is_a_survey(bench: Bench, found: Result) -> None:
    alone = Survey(n=5, attack=PGD_2, bottleneck=replace(PLAIN, beta=0.1))(bench.subject).tables["images"]
    rows = found.tables["images"].query("beta == 0.1").reset_index(drop=True)
    assert rows[alone.columns].equals(alone)


def test_the_same_seed_gives_the_same_numbers_and_another_one_others(bench: Bench, found: Result) -> None:
    steps = []
    again = SWEEP(bench.subject, on_step=lambda *step: steps.append(step))
    assert steps == [(5, 5)]
    assert all(again.tables[name].equals(table) for name, table in found.tables.items())
    assert again.summary == found.summary
    other = replace(SWEEP, seed=1)(bench.subject)
    assert not np.array_equal(other.raw["changes_at"], found.raw["changes_at"])


def test_curves_and_counts_are_those_of_the_images(found: Result) -> None:
    images, curves, counts = (found.tables[name] for name in ("images", "curves", "counts"))
    assert len(curves) == len(BETAS) * 6
    for row in curves.to_dict("records"):
        rows = images[images["beta"] == row["beta"]]
        assert row["value"] == (rows[f"{row['images']}_{row['side']}"] == rows["label"]).mean()
        assert 0 <= row["low"] <= row["value"] <= row["high"] <= 1
        if row["side"] != "all":
            echoed = rows[f"wrong_{row['images']}_{row['side']}"] == rows["wrong_label"]
            if row["side"] == "robust":  # an empty side echoes nothing
                echoed &= rows["wrong_robust_count"] > 0
            assert row["wrong_label_value"] == echoed.mean()
    for row in counts.to_dict("records"):
        rows = images[images["beta"] == row["beta"]]
        assert row["robust_mean"] == rows["robust_count"].mean()
        assert row["robust_mean"] + row["nonrobust_mean"] == found.summary["channels"] == 32
        assert row["empty"] == (rows["robust_count"] == 0).mean()
    assert len(found.summary["sentences"]) == len(found.summary["points"]) == len(BETAS)


def test_a_channel_is_robust_no_longer_than_until_it_changes_side(bench: Bench, found: Result) -> None:
    changes = found.raw["changes_at"]
    assert changes.shape == (5, 32)
    splits = PLAIN.sweep(bench.model, bench.model.features(bench.data.images), bench.data.labels, BETAS)
    robust = torch.stack([split.robust for split in splits]).numpy()
    for beta, mask in zip(BETAS, robust, strict=True):
        assert (changes[mask] >= beta).all()
    last = [int(np.flatnonzero(column).max(initial=-1)) for column in robust.reshape(len(BETAS), -1).T]
    for i, change in zip(last, changes.flatten(), strict=True):
        if i == -1:
            assert change == 0
        elif i == len(BETAS) - 1:
            assert np.isinf(change)
        else:
            assert BETAS[i] <= change <= BETAS[i + 1]


def test_one_image_says_what_its_rows_say(bench: Bench, found: Result) -> None:
    x, label = bench.data.images[2:3], int(bench.data.labels[2])
    one = sweep_image(bench.model, x, attacked(bench.model, x, label, PGD_2, 0, 2), label, PLAIN, BETAS)
    rows = found.tables["images"].query("index == 2").sort_values("beta")
    assert one.robust.sum(axis=1).tolist() == rows["robust_count"].tolist()
    assert np.array_equal(one.robust, one.noise_variance > one.tolerance)
    assert one.changes_at == pytest.approx(found.raw["changes_at"][2], rel=1e-3)
    for kind, probabilities in one.probabilities.items():
        assert probabilities.shape == (len(BETAS), 3)
        assert probabilities.argmax(axis=1).tolist() == rows[kind].tolist()


def test_nobody_speaks_for_a_side_without_channels(bench: Bench) -> None:
    """U13: at a beta where no channel is robust, the robust side has no prediction."""
    x, label = bench.data.images[2:3], int(bench.data.labels[2])
    one = sweep_image(bench.model, x, x, label, PLAIN, BETAS)
    robust = one.robust.copy()
    robust[-1], robust[0] = False, True
    one = replace(one, robust=robust)
    assert np.isnan(one.spoken("attacked_robust")[-1]).all()
    assert np.isnan(one.spoken("clean_nonrobust")[0]).all()
    assert np.array_equal(one.spoken("clean_all"), one.probabilities["clean_all"])
    assert np.array_equal(one.spoken("clean_robust")[:-1], one.probabilities["clean_robust"][:-1])


@pytest.mark.parametrize("betas", [(), (0.3,), (1.0, 0.3), (0.3, 0.3)])
def test_a_grid_that_does_not_rise_is_refused(betas: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="at least two betas, each larger than the one before"):
        BetaSweep(betas=betas)


def test_a_beta_beside_the_grid_is_refused() -> None:
    with pytest.raises(InputError, match="takes its betas from the grid, got beta 0.5"):
        BetaSweep(bottleneck=Bottleneck(beta=0.5))
