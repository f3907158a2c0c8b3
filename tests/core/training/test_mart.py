import torch

from core.attacks import PGD, ThreatModel
from core.datasets import Dataset
from core.models import Staged
from core.seeding import generator
from core.training import Mart, MartReleased
from core.training.mart import boosted_cross_entropy, unsure_divergence

ATTACK = PGD(threat=ThreatModel(epsilon=0.1), steps=2)


def probabilities(seed: int) -> torch.Tensor:
    return torch.randn(6, 5, generator=generator(seed)).double().softmax(1)


def test_both_terms_are_the_equations_written_out() -> None:
    p, p_adv, y = probabilities(0), probabilities(1), torch.tensor([0, 1, 2, 3, 4, 0])
    for i, label in enumerate(y.tolist()):
        others = [float(p_adv[i, j]) for j in range(5) if j != label]
        boosted = -p_adv[i, label].log() - torch.tensor(1.0001 - max(others) + 1e-12).double().log()
        divergence = sum(p[i, j] * (p[i, j] / p_adv[i, j]).log() for j in range(5)) * (1.0000001 - p[i, label])
        torch.testing.assert_close(boosted_cross_entropy(p_adv.log(), y)[i], boosted, rtol=1e-6, atol=1e-6)
        torch.testing.assert_close(unsure_divergence(p, p_adv, y)[i], divergence, rtol=1e-6, atol=1e-6)


def test_the_boosted_term_falls_as_the_label_becomes_more_probable() -> None:
    y, rising = torch.zeros(9, dtype=torch.long), torch.linspace(0.1, 0.9, 9)
    p = torch.stack([rising, (1 - rising) * 0.7, (1 - rising) * 0.3], dim=1)
    assert (boosted_cross_entropy(p.log(), y).diff() < 0).all()


def test_the_divergence_is_zero_where_nothing_moved() -> None:
    p, y = probabilities(0), torch.arange(6) % 5
    torch.testing.assert_close(unsure_divergence(p, p, y), torch.zeros(6).double())


def test_a_certain_network_answers_with_finite_numbers() -> None:
    p, y = torch.eye(3)[[0, 1, 2]], torch.tensor([1, 2, 0])
    assert boosted_cross_entropy(100 * p, y).isfinite().all()
    assert unsure_divergence(p, p.flip(1), y).isfinite().all()


def test_the_released_version_weighs_less_and_starts_in_the_ball(model: Staged, data: Dataset) -> None:
    own, released = Mart(attack=ATTACK), MartReleased(attack=ATTACK)
    assert (own.weight, own.start) == (6.0, 0.001)
    assert (released.weight, released.start) == (0.5, None)
    for objective in (own, released):
        loss = objective(model.train(), data.images, data.labels, generator=generator(1))
        total = loss.terms["boosted"] + objective.weight * loss.terms["divergence"]
        torch.testing.assert_close(loss.total, total)
