"""The smallest flipping set is the smallest, and it flips."""

import itertools

import pytest
import torch

from core.analysis.channels.flips import smallest_flip
from core.analysis.channels.surgery import Edited
from core.analysis.split import linear_tail
from core.seeding import generator
from tests.core.analysis.channels.test_surgery import predicted, small
from tests.core.analysis.conftest import Bench


def test_the_smallest_set_is_the_smallest_of_all_sets() -> None:
    model = small()
    channels, sizes = range(6), []
    for x in torch.randn(12, 1, 6, 2, 2, generator=generator(1)):
        before, found = predicted(model, x), smallest_flip(model, x)
        flips = [
            removed
            for size in range(1, 7)
            for removed in itertools.combinations(channels, size)
            if predicted(Edited(model, torch.tensor([k not in removed for k in channels])), x) != before
        ]
        assert (found is None) == (not flips)
        if found is not None:
            assert found.exact
            assert len(found.channels) == len(flips[0])
            assert tuple(sorted(found.channels)) in flips
            sizes.append(len(found.channels))
    assert len(set(sizes)) > 1, "easy and hard images"


@pytest.mark.parametrize(("at", "exact"), [("conv5_3", True), ("conv5_2", False)])
def test_removing_the_set_really_flips_the_edited_network(bench: Bench, at: str, exact: bool) -> None:
    assert (linear_tail(bench.model, at) is not None) == exact
    flipped = 0
    for x in bench.data.images.split(1):
        found = smallest_flip(bench.model, bench.model.features(x, at), at)
        if found is None:
            continue
        keep = torch.ones(32, dtype=torch.bool).index_fill(0, torch.tensor(found.channels), False)
        assert found.exact == exact
        assert predicted(bench.model, x) == found.before
        assert predicted(Edited(bench.model, keep, at), x) == found.after != found.before
        flipped += 1
    assert flipped


def test_where_the_bias_decides_no_removal_flips() -> None:
    model = small()
    model.stages["classifier"].linear.bias[1] = 1e3
    assert smallest_flip(model, torch.rand(1, 6, 2, 2, generator=generator(2))) is None
