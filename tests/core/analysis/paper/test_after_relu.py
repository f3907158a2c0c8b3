import pytest
import torch

from core.analysis.paper.after_relu import AfterReLU
from core.errors import InputError
from tests.core.analysis.conftest import Bench


def test_it_says_what_the_network_says(bench: Bench) -> None:
    cut = AfterReLU(bench.model, "conv5_3")
    with torch.no_grad():
        torch.testing.assert_close(cut(bench.data.images), bench.model(bench.data.images))
        assert (cut.features(bench.data.images) >= 0).all()


def test_noise_of_mean_zero_leaves_the_mean_logits(bench: Bench) -> None:
    """Before the ReLU the same noise moves them: that is the bias this control takes away."""
    cut = AfterReLU(bench.model, "conv5_3")
    with torch.no_grad():
        z = bench.model.features(bench.data.images[:1])
        noise = 3 * torch.randn(4000, z.shape[1], 1, 1, generator=torch.Generator().manual_seed(0))
        noise = torch.cat([noise, -noise])
        before = (bench.model.head(z + noise).mean(dim=0) - bench.model.head(z)[0]).abs().max()
        after = (cut.head(z.relu() + noise).mean(dim=0) - cut.head(z.relu())[0]).abs().max()
    assert after < 0.2 * before


def test_another_tail_is_refused(bench: Bench) -> None:
    with pytest.raises(InputError, match="pooled linear tail"):
        AfterReLU(bench.model, "conv4_3")
