import pytest
import torch
from torch.nn.functional import cross_entropy

from core.attacks import PGD, ThreatModel
from core.datasets import Dataset
from core.models import Staged
from core.seeding import generator
from core.training import Trades, TradesReleased
from core.training.objective import evaluating
from core.training.trades import kl

ATTACK = PGD(threat=ThreatModel(epsilon=0.1), steps=2)
NOWHERE = PGD(threat=ThreatModel(epsilon=0.0), steps=1)


def test_kl_is_the_sum_written_out() -> None:
    logits, target = torch.randn(2, 5, 7, generator=generator(0)).double()
    p, q = target.softmax(1), logits.softmax(1)
    torch.testing.assert_close(kl(logits, target), (p * (p / q).log()).sum(1))


def test_kl_is_zero_at_itself_and_positive_elsewhere() -> None:
    logits = torch.randn(8, 4, generator=generator(0))
    torch.testing.assert_close(kl(logits, logits), torch.zeros(8))
    assert (kl(logits, logits.flip(1)) > 0).all()


@pytest.mark.parametrize("objective", [Trades(attack=NOWHERE), TradesReleased(attack=NOWHERE)], ids=["own", "released"])
def test_without_a_ball_it_is_cross_entropy(objective: Trades, model: Staged, data: Dataset) -> None:
    loss = objective(model.train(), data.images, data.labels, generator=generator(1))
    torch.testing.assert_close(loss.total, cross_entropy(model(data.images), data.labels))


def test_the_total_is_the_weighted_sum_of_its_terms(model: Staged, data: Dataset) -> None:
    loss = Trades(attack=ATTACK, beta=4.0)(model.train(), data.images, data.labels, generator=generator(1))
    torch.testing.assert_close(loss.total, loss.terms["clean"] + 4 * loss.terms["divergence"])
    assert loss.terms["divergence"] > 0
    released = TradesReleased(attack=ATTACK)(model, data.images, data.labels, generator=generator(1))
    torch.testing.assert_close(released.total, released.terms["attacked"] + 0.5 * released.terms["divergence"])


def test_its_attack_raises_the_divergence_more_than_the_cross_entropys(model: Staged, data: Dataset) -> None:
    """The images that TRADES trains on differ most from the clean answer; PGD on the label is another search."""
    seen = []

    class Watching(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            seen.append(x.detach())
            return model(x)

    Trades(attack=ATTACK, start=None)(Watching(), data.images, data.labels, generator=generator(1))
    with evaluating(model), torch.no_grad():
        clean = model(data.images)
        start = ATTACK.threat.random_start(data.images, generator(1))
        assert kl(model(seen[-1]), clean).mean() > kl(model(start), clean).mean()
    assert (seen[-1] - data.images).abs().max() <= 0.1 + 1e-6


def test_a_gaussian_start_lies_beside_the_image(model: Staged, data: Dataset) -> None:
    still = PGD(threat=ThreatModel(epsilon=0.1), steps=1, step_size=0.0)
    loss = Trades(attack=still, start=0.001)(model.train(), data.images, data.labels, generator=generator(1))
    assert 0 < loss.terms["divergence"] < 1e-3
