import threading
import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from core.visualization.bridge import ANGLES, SCALES, _drawing, parameterized, transformed

CPU = torch.device("cpu")


def test_images_are_lucents_own() -> None:
    """The same spectrum through Lucent's `param.image`, and its start: N(0, 0.01^2)."""
    from lucent.optvis import param

    (spectrum,), images = parameterized(2, 32, seed=0, device=CPU)
    (theirs,), their_images = param.image(32, batch=2)
    assert spectrum.shape == theirs.shape
    assert spectrum.std().item() == pytest.approx(0.01, rel=0.05)
    with torch.no_grad():
        spectrum.copy_(torch.randn(spectrum.shape))
        theirs.copy_(spectrum)
        assert torch.allclose(images(), their_images().cpu(), atol=1e-6)


@pytest.mark.parametrize("size", [32, 33, 64])
def test_all_images_start_alike_inside_the_range(size: int) -> None:
    _, images = parameterized(3, size, seed=1, device=CPU)
    x = images().detach()
    assert x.shape == (3, 3, size, size)
    assert 0 < x.min() < x.max() < 1
    assert torch.equal(x[0], x[2])


def test_the_start_depends_on_the_seed_alone() -> None:
    first, again, other = (parameterized(n, 32, seed=s, device=CPU)[0][0] for n, s in ((1, 0), (2, 0), (1, 1)))
    assert torch.equal(first[0], again[1])
    assert not torch.equal(first, other)


def test_transforms_depend_on_seed_and_step_alone() -> None:
    x = torch.rand(2, 3, 32, 32)
    moved = transformed(x, seed=0, step=1)
    assert moved.shape == x.shape
    assert torch.equal(moved[:1], transformed(x[:1], seed=0, step=1))
    assert not torch.equal(moved, transformed(x, seed=0, step=2))
    assert not torch.equal(moved, transformed(x, seed=1, step=1))


def test_a_picture_is_shrunk_into_its_border_of_gray() -> None:
    """Eight gray pixels on each side, moved by at most nine pixels: white keeps the middle, never a corner."""
    moved = torch.cat([transformed(torch.ones(1, 3, 32, 32), seed=0, step=step) for step in range(40)])
    assert torch.allclose(moved[:, :, 14:20, 14:20], torch.ones(()), atol=1e-4)
    assert (moved[:, :, 0, 0] <= 0.5 + 1e-6).all()


def test_transforms_are_those_of_the_released_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the same steps written with torch alone, the draws replaced by fixed ones and nothing turned."""
    draws = iter([3, 5, 1.1, 0, 1, 0])  # right, down, scale, angle, right, down
    seen = []
    monkeypatch.setattr(np.random, "choice", lambda options: (seen.append(options), next(draws))[1])
    x = torch.rand(1, 3, 32, 32)
    moved = transformed(x, seed=0, step=1)
    assert seen == [8, 8, SCALES, ANGLES, 2, 2]
    assert sorted(ANGLES) == [-5, -4, -3, -2, -1, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]
    padded = moved_by(F.pad(x, [8] * 4, value=0.5), 3, 5)
    scaled = moved_by(F.interpolate(padded, size=(53, 53), mode="bilinear", align_corners=True), 1, 0)
    expected = F.interpolate(scaled, size=(32, 32), mode="bilinear", align_corners=False)
    assert torch.allclose(moved, expected, atol=1e-4)


def moved_by(x: torch.Tensor, right: int, down: int) -> torch.Tensor:
    """Zeros move in. Lucent's move is longer by a part in its size: its library counts pixels from center to center."""
    side = x.shape[-1]
    theta = torch.tensor([[[1, 0, -2 * right / (side - 1)], [0, 1, -2 * down / (side - 1)]]])
    return F.grid_sample(x, F.affine_grid(theta, list(x.shape), align_corners=False), align_corners=False)


def test_global_states_and_lucents_device_are_as_before() -> None:
    from lucent.optvis import transform
    from lucent.optvis.param import spatial

    numbers, torchs = np.random.get_state()[1].copy(), torch.random.get_rng_state()  # noqa: NPY002
    homes = transform.device, spatial.device
    with _drawing(torch.device("meta"), 0, "test"):
        assert (transform.device, spatial.device) == (torch.device("meta"),) * 2
    parameterized(1, 32, seed=0, device=CPU)
    transformed(torch.rand(1, 3, 32, 32, generator=torch.Generator()), seed=0, step=1)
    assert (transform.device, spatial.device) == homes
    assert np.array_equal(np.random.get_state()[1], numbers)  # noqa: NPY002
    assert torch.equal(torch.random.get_rng_state(), torchs)


def test_two_threads_do_not_draw_from_one_another() -> None:
    x = torch.rand(1, 3, 32, 32)
    alone = [transformed(x, seed=0, step=step) for step in range(20)]
    found: dict[int, list[torch.Tensor]] = {0: [], 1: []}

    def draw(seed: int) -> None:
        found[seed] += [transformed(x, seed=seed, step=step) for step in range(20)]

    threads = [threading.Thread(target=draw, args=(seed,)) for seed in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(torch.equal(a, b) for a, b in zip(alone, found[0], strict=True))


def test_only_the_one_warning_of_the_import_is_hidden() -> None:
    from core.visualization.bridge import _lucent

    _lucent()
    with pytest.warns(UserWarning, match="another"):
        warnings.warn("another", UserWarning, stacklevel=1)
