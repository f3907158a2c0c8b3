"""What every registered network promises, at both resolutions."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from core.errors import InputError
from core.models import MODELS, Staged, build_model
from core.seeding import generator, seeded

WIDTH = 0.0625


@pytest.fixture(scope="module", params=[(name, size) for name in MODELS for size in (32, 64)], ids=str)
def model(request: pytest.FixtureRequest) -> tuple[Staged, Tensor]:
    """A narrow network in eval mode with settled batch norms, and two images for it."""
    name, size = request.param
    with seeded(0, name):
        network = build_model(name, num_classes=7, image_size=size, width=WIDTH)
    x = torch.rand(2, 3, size, size, generator=generator(0))
    with torch.no_grad():
        network.train()(torch.rand(4, 3, size, size, generator=generator(1)))
    return network.eval().requires_grad_(False), x


def test_split_law_holds_at_every_cut(model: tuple[Staged, Tensor]) -> None:
    network, x = model
    logits = network(x)
    assert logits.shape == (2, 7)
    for cut in network.cuts:
        z = network.features(x, cut)
        before = z.clone()
        torch.testing.assert_close(network.head(z, cut), logits, rtol=0, atol=1e-5)
        assert torch.equal(z, before), f"the tail after {cut} works in place"
        assert z.dim() == 4


def test_default_cut_is_the_last_before_the_classifier_and_signed(model: tuple[Staged, Tensor]) -> None:
    network, x = model
    assert network.default_cut == network.cuts[-1]
    z = network.features(x)
    assert torch.equal(z, network.features(x, network.cuts[-1]))
    assert z.min() < 0 < z.max()
    assert torch.equal(network.head(z), network.head(z, network.default_cut))


def test_tail_runs_like_head(model: tuple[Staged, Tensor]) -> None:
    network, x = model
    z = network.features(x, network.cuts[1])
    expected = network.head(z, network.cuts[1])
    for stage in network.tail(network.cuts[1]):
        z = stage(z)
    assert torch.equal(z, expected)


def test_unknown_cuts_are_refused(model: tuple[Staged, Tensor]) -> None:
    network, x = model
    with pytest.raises(InputError, match=f"known are {network.cuts[0]}"):
        network.features(x, "nowhere")
    with pytest.raises(InputError, match="Unknown cut 'classifier'"):
        network.head(x, "classifier")


def test_images_do_not_influence_each_other(model: tuple[Staged, Tensor]) -> None:
    network, x = model
    torch.testing.assert_close(network(x)[1:], network(x[1:]), rtol=0, atol=1e-5)


def test_epsilon_stays_in_pixel_units(model: tuple[Staged, Tensor]) -> None:
    """Normalization is inside: mid-gray is the network's zero."""
    network, x = model
    first = network.stages[network.cuts[0]]
    normalize = next(module for module in first.modules() if type(module).__name__ == "Normalize")
    assert torch.equal(normalize(torch.full_like(x, 0.5)), torch.zeros_like(x))
    assert torch.equal(normalize(torch.ones_like(x)), torch.full_like(x, 2.0))


@pytest.mark.parametrize("name", list(MODELS))
def test_same_seed_same_weights(name: str) -> None:
    def weights(seed: int) -> list[Tensor]:
        with seeded(seed, "weights"):
            return list(build_model(name, num_classes=3, image_size=32, width=0.02).parameters())

    assert all(torch.equal(a, b) for a, b in zip(weights(0), weights(0), strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(weights(0), weights(1), strict=True))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"num_classes": 1}, "at least 2 classes, got 1"),
        ({"image_size": 48}, "multiple of 32 pixels, got 48"),
        ({"image_size": 0}, "multiple of 32 pixels, got 0"),
        ({"width": 0}, "Width must lie above 0"),
        ({"width": 1e9}, "at most 8"),
        ({"width": float("nan")}, "Width must lie above 0"),
        ({"name": "vgg61"}, "Did you mean 'vgg16'"),
    ],
    ids=str,
)
def test_impossible_networks_are_refused(change: dict, said: str) -> None:
    build: Callable[..., Staged] = build_model
    with pytest.raises(InputError, match=said):
        build(**{"name": "vgg16", "num_classes": 10, "image_size": 32, "width": 0.1, **change})
