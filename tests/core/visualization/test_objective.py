import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from core.seeding import generator
from core.visualization.objective import High, Match, blurred, roughness


@pytest.fixture
def pair() -> tuple[Tensor, Tensor]:
    """Features and targets of three pictures, signed, in double precision."""
    draw = generator(0)
    return tuple(torch.randn(3, 4, 2, 2, generator=draw, dtype=torch.float64) for _ in range(2))  # type: ignore


def test_match_is_the_released_equation(pair: tuple[Tensor, Tensor]) -> None:
    a, r = pair
    for i, loss in enumerate(Match(r, guard=0.5)(a)):
        dot = sum(float(x * y) for x, y in zip(a[i].flatten(), r[i].flatten(), strict=True))
        cs = dot / (0.5 + float(r[i].square().sum()) ** 0.5)
        assert loss.item() == pytest.approx(-dot * cs**2)


def test_the_released_form_is_cubic_in_the_length_of_the_features_and_the_true_cosine_is_linear(
    pair: tuple[Tensor, Tensor],
) -> None:
    a, r = pair
    assert torch.allclose(Match(r)(2 * a), 8 * Match(r)(a))
    true = Match(r, similarity="cosine")
    assert torch.allclose(true(2 * a), 2 * true(a))
    dot = (a * r).flatten(1).sum(dim=1)
    assert torch.allclose(true(a), -dot * F.cosine_similarity(a.flatten(1), r.flatten(1)) ** 2)


def test_masked_channels_get_no_gradient(pair: tuple[Tensor, Tensor]) -> None:
    a, r = pair[0].requires_grad_(True), pair[1] * torch.tensor([1.0, 0, 1, 0])[:, None, None]
    (gradient,) = torch.autograd.grad(Match(r)(a).sum(), a)
    assert not r[:, [1, 3]].any()
    assert not gradient[:, [1, 3]].any()
    assert gradient[:, [0, 2]].all()


@pytest.mark.parametrize("similarity", ["released", "cosine"])
def test_a_target_of_nothing_stays_finite(similarity: str, pair: tuple[Tensor, Tensor]) -> None:
    for a in (pair[0], torch.zeros_like(pair[0])):
        a = a.clone().requires_grad_(True)
        loss = Match(torch.zeros_like(a), similarity=similarity)(a)  # type: ignore[arg-type]
        assert not loss.any()
        assert torch.autograd.grad(loss.sum(), a)[0].isfinite().all()


def test_pictures_do_not_share_a_loss(pair: tuple[Tensor, Tensor]) -> None:
    a, r = pair
    assert torch.allclose(Match(r)(a)[1:2], Match(r[1:2])(a[1:2]))
    assert torch.allclose(Match(r).cosine(r), torch.ones((), dtype=torch.float64))


def test_high_is_the_mean_over_maps_and_chosen_channels(pair: tuple[Tensor, Tensor]) -> None:
    a = pair[0]
    masks = torch.tensor([[True, False, False, False], [True, False, True, False], [True] * 4])
    expected = torch.stack([a[0, 0].mean(), a[1, [0, 2]].mean(), a[2].mean()])
    assert torch.allclose(High(masks).activation(a), expected)
    assert torch.allclose(High(masks)(a), -expected * torch.tensor([1, 2, 4])), "the sum over channels"


def test_blur_weighs_neighbors_by_half_and_keeps_the_border() -> None:
    x = torch.rand(2, 3, 5, 6, generator=generator(1))
    inner = x[1, 2, 1:4, 2:5]
    assert blurred(x)[1, 2, 2, 3] == pytest.approx(float((inner.sum() + inner[1, 1]) / 10))
    corner = x[0, 0, :2, :2]
    assert blurred(x)[0, 0, 0, 0] == pytest.approx(float((corner.sum() + corner[0, 0]) / 5))


def test_roughness_is_nothing_on_a_plain_image_and_the_blur_counts_as_constant() -> None:
    assert roughness(torch.full((2, 3, 8, 8), 0.3)).max() < 1e-9
    x = torch.rand(1, 3, 8, 8).requires_grad_(True)
    (gradient,) = torch.autograd.grad(roughness(x).sum(), x)
    assert torch.allclose(gradient, 2 * (x - blurred(x)).detach(), atol=1e-6)
