from dataclasses import replace

import numpy as np
import pytest
import torch

from core.analysis.channels.activations import LEVELS, activation_table, steps_of, stored_masks, stored_surgery
from core.analysis.channels.experiment import Assignment
from core.analysis.channels.surgery import Surgery
from core.analysis.conduct import conduct
from core.analysis.results import StoredResult
from core.attacks import attack_draws
from core.seeding import generator
from tests.core.analysis.conftest import BOTTLENECK, PGD_2, Bench

ASSIGNMENT = Assignment(n=5, seeds=2, attack=PGD_2, bottleneck=BOTTLENECK)


@pytest.fixture(scope="module")
def result(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> StoredResult:
    folder = tmp_path_factory.mktemp("activations") / "channels"
    return conduct(ASSIGNMENT, bench.subject, out=folder)


@pytest.fixture(scope="module")
def live(bench: Bench) -> Surgery:
    x, y = bench.data.images, bench.data.labels
    x_adv = PGD_2(bench.model, x, y, generator=attack_draws(PGD_2, 0, range(len(y))))
    return Surgery.of_images(bench.model, x, x_adv, y, "conv5_3")


def test_rounding_moves_an_activation_by_half_a_step() -> None:
    pooled = {name: torch.rand(7, 3, generator=generator(seed)) * 5 for seed, name in enumerate(("clean", "attacked"))}
    pooled["clean"][:, 1] = pooled["attacked"][:, 1] = 0
    table, steps = activation_table(torch.ones(7, 3, dtype=torch.bool), pooled), steps_of(pooled)
    for name, values in pooled.items():
        stored = table[name].to_numpy().reshape(7, 3) * steps
        assert (np.abs(stored - values.numpy()) <= steps / 2 * 1.001).all()
        assert not stored[:, 1].any()
    assert max(table["clean"].max(), table["attacked"].max()) == LEVELS


def test_stored_edits_are_those_of_the_images(bench: Bench, result: StoredResult, live: Surgery) -> None:
    stored = stored_surgery(result, bench.model)
    assert stored is not None
    step = torch.tensor(result.table("channels")["activation_step"])
    for name in ("clean", "attacked"):
        assert ((getattr(stored, name) - getattr(live, name)).abs() <= step * 0.501).all()
    assert torch.equal(stored.y, bench.data.labels)
    keep = torch.arange(32) % 3 > 0
    assert stored.operate(keep).classes["class"].tolist() == live.operate(keep).classes["class"].tolist()


def test_stored_masks_are_those_of_the_first_seed(bench: Bench, result: StoredResult) -> None:
    masks = BOTTLENECK(bench.model, bench.data.images, bench.data.labels, seed=0).robust
    assert np.array_equal(stored_masks(result), masks.numpy())


def test_behind_another_tail_edits_need_the_images(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = replace(ASSIGNMENT, seeds=1, bottleneck=replace(BOTTLENECK, cut="conv4_3"))
    folder = tmp_path_factory.mktemp("other") / "channels"
    result = conduct(other, bench.subject, out=folder)
    assert stored_surgery(result, bench.model) is None
    assert stored_masks(result).shape == (5, 32)
