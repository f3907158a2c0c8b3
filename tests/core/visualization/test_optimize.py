from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from core.errors import InputError
from core.models import Staged
from core.types import Features, Images
from core.visualization import Visualization, released
from core.visualization.bridge import parameterized, transformed
from core.visualization.objective import Match, roughness
from core.visualization.optimize import VIEWS


def before(model: Staged, targets: Features, seed: int = 0) -> torch.Tensor:
    """The loss of the start, (n,)."""
    images = parameterized(len(targets), 32, seed, torch.device("cpu"))[1]
    with torch.no_grad():
        return Match(targets)(model.features(images()))


def test_five_steps_lower_the_loss_of_every_picture(model: Staged, targets: Features, fast: Visualization) -> None:
    images = fast(model, targets).images
    assert (Match(targets)(model.features(images)) < before(model, targets)).all()


def test_a_hundred_steps_raise_what_is_maximized_tenfold(model: Staged, targets: Features) -> None:
    found = Visualization(steps=100)(model, targets[:1])
    assert Match(targets[:1])(model.features(found.images)).item() < 10 * before(model, targets[:1]).item() < 0
    assert 0 < found.images.min() < found.images.max() < 1


def test_what_stands_beside_a_picture_is_read_from_it(model: Staged, targets: Features, fast: Visualization) -> None:
    found = fast(model, targets)
    assert found.images.shape == (3, 3, 32, 32)
    a = model.features(found.images)
    assert torch.allclose(found.cosine, torch.cosine_similarity(a.flatten(1), targets.flatten(1)))
    assert torch.allclose(found.predictions, model(found.images).softmax(dim=1))


def test_views_are_what_is_optimized(model: Staged, targets: Features) -> None:
    """The cosine over views that no step was taken on is the mean of that of each."""
    draw = Visualization(steps=30)
    found = draw(model, targets, seed=3)
    views = [model.features(transformed(found.images, 3, 30 + view)) for view in range(1, VIEWS + 1)]
    slow = torch.stack([torch.cosine_similarity(a.flatten(1), targets.flatten(1)) for a in views]).mean(dim=0)
    assert torch.allclose(found.view_cosine, slow)
    assert torch.allclose(found.view_predictions.sum(dim=1), torch.ones(3))
    masks = torch.eye(targets.shape[1], dtype=torch.bool)[:2]
    raised = draw.channels(model, masks, seed=3)
    of_any = draw.activations(model, raised.images, seed=3)
    assert torch.allclose(raised.view_activation, of_any[[0, 1], [0, 1]])


def test_the_seed_decides_and_no_global_state_does(model: Staged, targets: Features, fast: Visualization) -> None:
    """REP-1."""
    first = fast(model, targets, seed=3)
    numbers, torchs = np.random.get_state()[1].copy(), torch.random.get_rng_state()  # noqa: NPY002
    torch.rand(7), np.random.rand(7)  # noqa: NPY002
    torch.random.set_rng_state(torchs)
    np.random.set_state(("MT19937", numbers, 624, 0, 0.0))  # noqa: NPY002
    again, other = fast(model, targets, seed=3), fast(model, targets, seed=4)
    assert torch.equal(first.images, again.images)
    assert not torch.equal(first.images, other.images)
    assert np.array_equal(np.random.get_state()[1], numbers)  # noqa: NPY002
    assert torch.equal(torch.random.get_rng_state(), torchs)


def test_a_picture_does_not_depend_on_its_batch(model: Staged, targets: Features, fast: Visualization) -> None:
    together, alone = fast(model, targets), fast(model, targets[1:2])
    assert torch.allclose(together.images[1:2], alone.images, atol=1e-4)
    assert not torch.allclose(together.images[:1], alone.images, atol=1e-2)


@pytest.mark.parametrize("trainable", [False, True])
def test_the_network_is_left_alone(
    model: Staged, targets: Features, fast: Visualization, trainable: bool, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(lambda: model.requires_grad_(False))
    weights = {name: t.clone() for name, t in model.state_dict().items()}
    model.requires_grad_(trainable)
    with torch.no_grad():  # as a page may call it
        fast(model, targets[:1])
    assert all(parameter.grad is None for parameter in model.parameters())
    assert all(torch.equal(t, weights[name]) for name, t in model.state_dict().items())
    assert not model.training
    assert not model._forward_hooks


def test_blur_off_is_off_and_above_nothing_smooths(
    model: Staged, targets: Features, fast: Visualization, monkeypatch: pytest.MonkeyPatch
) -> None:
    rough, plain, smooth = (replace(fast, blur=b)(model, targets[:1]).images for b in (-1e9, 0.0, 1e9))
    assert roughness(smooth) < roughness(plain) < roughness(rough)
    monkeypatch.setattr("core.visualization.optimize.roughness", lambda x: pytest.fail("blur 0 measures no roughness"))
    assert torch.equal(replace(fast, blur=0.0)(model, targets[:1]).images, plain)


def test_channels_are_raised(model: Staged, fast: Visualization) -> None:
    masks = torch.eye(32, dtype=torch.bool)[[3, 17]]
    images = parameterized(1, 32, 0, torch.device("cpu"))[1]
    start = model.features(images())[0, [3, 17]].mean(dim=(1, 2))
    found = replace(fast, steps=20, blur=0.0).channels(model, masks)
    a = model.features(found.images)
    assert (found.activation > start).all()
    assert torch.allclose(found.activation, torch.stack([a[0, 3].mean(), a[1, 17].mean()]))
    assert found.predictions.shape == (2, 3)


def test_progress_previews_and_cancel(model: Staged, targets: Features, fast: Visualization) -> None:
    steps: list[tuple[int, int]] = []
    seen: list[Images] = []
    final = fast(
        model, targets, on_step=lambda done, total: steps.append((done, total)), on_preview=seen.append, every=2
    )
    assert steps == [(i, 5) for i in range(1, 6)]
    assert len(seen) == 3
    assert torch.equal(seen[-1], final.images)
    assert not seen[0].requires_grad

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fast(model, targets, on_step=stop)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"steps": 0}, "steps"),
        ({"image_size": -1}, "image_size"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"guard": float("nan")}, "guard"),
        ({"blur": float("inf")}, "blur"),
        ({"similarity": "cosin"}, "cosine"),
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Visualization(**wrong)


def test_nothing_is_never_drawn(model: Staged, targets: Features, fast: Visualization) -> None:
    with pytest.raises(InputError, match="noise"):
        fast(model, torch.cat([targets, torch.zeros_like(targets[:1])]))
    with pytest.raises(InputError, match="empty"):
        fast.channels(model, torch.zeros(1, 32, dtype=torch.bool))


def test_what_does_not_fit_is_refused(model: Staged, targets: Features, fast: Visualization) -> None:
    with pytest.raises(InputError, match="same network"):
        fast(model, targets[:, :5])
    with pytest.raises(InputError, match="same network"):
        fast.channels(model, torch.ones(1, 5, dtype=torch.bool))
    model.train()
    try:
        with pytest.raises(InputError, match="eval"):
            fast(model, targets)
    finally:
        model.eval()


def test_released_settings_by_size() -> None:
    small, large = released(32), released(64)
    assert (small.steps, small.learning_rate, small.blur, small.guard) == (512, 0.05, 0.01, 1e-10)
    assert (large.image_size, large.blur, large.guard) == (64, -0.5, 1e-6)
