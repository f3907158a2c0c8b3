import hashlib
import math
import subprocess
import sys
from copy import deepcopy
from itertools import combinations

import pytest
import torch
from torch import Tensor

from core.distillation import PAPER, RELEASED_CODE, Bottleneck, Distilled, read_out
from core.distillation.plain import plain_noise_variance
from core.errors import InputError
from core.models import build_model
from core.models.staged import Staged
from core.seeding import generator, seeded
from core.store import PROJECT


@pytest.fixture(scope="module")
def vgg() -> Staged:
    """A narrow VGG-16 with random weights and settled batch norms."""
    with seeded(0, "vgg"):
        model = build_model("vgg16", num_classes=10, image_size=32, width=0.125)
    with torch.no_grad():
        model.train()(torch.rand(16, 3, 32, 32, generator=generator(1)))
        model.stages["classifier"].linear.weight.mul_(20)
    return model.eval()


def _agree(a: Tensor, b: Tensor, noise: Tensor, tolerance: Tensor) -> bool:
    """Whether masks are equal on all channels but those whose noise lies within 1 % of the tolerance.

    On which side these are, the last bits of a processor decide.
    """
    decided = (noise / tolerance[:, None] - 1).abs() > 0.01
    assert decided.double().mean() > 0.95
    return torch.equal(a[decided], b[decided])


def _overlap(a: Tensor, b: Tensor) -> float:
    """Jaccard index of two masks, averaged over images."""
    return ((a & b).sum(1) / (a | b).sum(1)).mean().item()


@pytest.mark.parametrize(
    "settings",
    [{}, {"beta": 0.0}, {"beta": 5.0, "kl_reduction": "sum"}, {"noise_draws": 3}, {"learning_rate": 0.3}],
    ids=str,
)
@pytest.mark.parametrize("tail", ["by hand", "traced"])
def test_equals_the_plain_loop_in_double_precision(toy, settings, tail) -> None:
    t = toy(n=2, double=True)
    model = t.model if tail == "by hand" else t.in_two_stages
    bottleneck = Bottleneck(steps=60, **settings)
    split = bottleneck.of_features(model, t.z, t.y, seed=5)
    for i in range(2):  # alone: the plain loop's mean over images would shrink the gradients beside Adam's 1e-8
        plain = plain_noise_variance(model, t.z[[i]], t.y[[i]], bottleneck, noise=bottleneck.noise(32, seed=5).double())
        torch.testing.assert_close(split.noise_variance[[i]], plain, rtol=1e-9, atol=1e-15)
    torch.testing.assert_close(split.feature_variance, t.z.var(dim=(2, 3)), rtol=1e-12, atol=0)
    assert torch.equal(split.tolerance, split.feature_variance.amax(1))
    assert torch.equal(split.robust, split.noise_variance > split.tolerance[:, None])


@pytest.mark.parametrize(("c", "size", "max_pool"), [(512, 2, True), (640, 8, False)])
def test_single_precision_keeps_the_masks_of_the_reference(toy, c, size, max_pool) -> None:
    t, exact = (toy(n=3, c=c, size=size, max_pool=max_pool, double=double) for double in (False, True))
    by_hand, traced = (Bottleneck().of_features(model, t.z, t.y) for model in (t.model, t.in_two_stages))
    noise = Bottleneck().noise(c).double()
    reference = plain_noise_variance(exact.model, t.z.double(), t.y, Bottleneck(), noise=noise)
    robust = reference > by_hand.tolerance[:, None]
    assert 0.05 < robust.double().mean() < 0.6
    assert _agree(by_hand.robust, robust, reference, by_hand.tolerance)
    assert _agree(traced.robust, by_hand.robust, reference, by_hand.tolerance)
    assert by_hand.noise_variance.dtype == torch.float32


def test_an_image_keeps_its_split_in_any_batch(toy) -> None:
    t = toy(n=100, c=256)
    together = Bottleneck().of_features(t.model, t.z, t.y)
    for size, upto in ((1, 6), (2, 12), (16, 48)):
        parts = [Bottleneck().of_features(t.model, t.z[i : i + size], t.y[i : i + size]) for i in range(0, upto, size)]
        robust = torch.cat([part.robust for part in parts])
        assert _agree(robust, together.robust[:upto], together.noise_variance[:upto], together.tolerance[:upto])


def test_an_image_keeps_its_split_from_pixels(vgg) -> None:
    x, y = torch.rand(16, 3, 32, 32, generator=generator(2)), torch.arange(16) % 10
    together = Bottleneck()(vgg, x, y)
    for i in (0, 7):
        alone = Bottleneck()(vgg, x[[i]], y[[i]])
        assert _agree(alone.robust, together.robust[[i]], alone.noise_variance, alone.tolerance)
        torch.testing.assert_close(alone.features, together.features[[i]], rtol=1e-4, atol=1e-5)


def test_many_images_are_taken_in_turn(toy, monkeypatch) -> None:
    t = toy(n=5)
    whole = Bottleneck(steps=20).of_features(t.model, t.z, t.y)
    monkeypatch.setattr("core.distillation.bottleneck.rows_at_once", lambda z: 2)
    seen: list[tuple[int, int]] = []
    parts = Bottleneck(steps=20).of_features(t.model, t.z, t.y, on_step=lambda *step: seen.append(step))
    torch.testing.assert_close(parts.noise_variance, whole.noise_variance, rtol=1e-4, atol=1e-9)
    assert seen == [(k, 60) for k in range(1, 61)]


def test_a_sweep_equals_separate_calls(toy) -> None:
    t, betas = toy(n=3, c=128), (0.0, 0.3, 1.0, 30.0)
    swept = Bottleneck().sweep(t.model, t.z, t.y, betas, seed=3)
    assert len(swept) == len(betas)
    for beta, split in zip(betas, swept, strict=True):
        alone = Bottleneck(beta=beta).of_features(t.model, t.z, t.y, seed=3)
        assert _agree(split.robust, alone.robust, alone.noise_variance, alone.tolerance)
        torch.testing.assert_close(split.noise_variance, alone.noise_variance, rtol=1e-3, atol=1e-9)
    counts = [int(split.robust.sum()) for split in swept]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_the_split_carries_the_label_that_was_supplied(toy) -> None:
    """The finding that the product shows (methods A.10, 8): random features, random tail, random labels."""
    t = toy(n=64, c=512)
    split = Bottleneck().of_features(t.model, t.z, t.y)
    logits = read_out(t.model, t.z, split.robust)
    assert (logits.robust.argmax(1) == t.y).double().mean() >= 0.98
    assert (logits.nonrobust.argmax(1) == t.y).double().mean() <= 0.05
    assert 100 < split.robust.sum(1).double().mean() < 220


def test_tolerance_of_the_batch_is_the_largest_of_its_images(toy) -> None:
    t = toy(n=30, c=64)
    image, batch = (Bottleneck(tolerance=kind).of_features(t.model, t.z, t.y) for kind in ("image", "batch"))
    assert torch.equal(batch.tolerance, image.tolerance.max().expand(30))
    assert torch.equal(batch.noise_variance, image.noise_variance)
    assert not (batch.robust & ~image.robust).any()
    assert batch.robust.sum() < image.robust.sum()
    one = [Bottleneck(tolerance=kind).of_features(t.model, t.z[:1], t.y[:1]) for kind in ("image", "batch")]
    assert torch.equal(one[0].robust, one[1].robust)


def test_the_printed_sum_leaves_almost_nothing_robust(toy) -> None:
    t = toy(n=4, c=512)
    as_printed, as_released = (preset.of_features(t.model, t.z, t.y).robust for preset in (PAPER, RELEASED_CODE))
    assert as_printed.sum(1).double().mean() < 2
    assert as_released.sum(1).double().mean() > 50
    assert (PAPER.tolerance, RELEASED_CODE.tolerance) == ("image", "batch")
    assert Bottleneck() == Bottleneck(tolerance=PAPER.tolerance, kl_reduction=RELEASED_CODE.kl_reduction)


def test_more_noise_draws_lower_the_say_of_the_seed(toy) -> None:
    t = toy(n=4, c=256)

    def stability(draws: int) -> float:
        masks = [Bottleneck(noise_draws=draws).of_features(t.model, t.z, t.y, seed=s).robust for s in range(3)]
        return sum(_overlap(a, b) for a, b in combinations(masks, 2)) / 3

    one, eight = stability(1), stability(8)
    assert one < eight - 0.05
    assert one < 1


def test_a_seed_repeats_and_another_differs(toy) -> None:
    t = toy()
    first, again, other = (Bottleneck(steps=20).of_features(t.model, t.z, t.y, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(first.noise_variance, again.noise_variance)
    assert not torch.equal(first.noise_variance, other.noise_variance)


FINGERPRINT = """
import hashlib, torch
torch.set_num_threads(1)
from core.distillation import Bottleneck
from core.models import build_model
from core.seeding import generator, seeded
with seeded(0):
    model = build_model("vgg16", num_classes=10, image_size=32, width=0.125).eval()
x = torch.rand(3, 3, 32, 32, generator=generator(1))
split = Bottleneck(steps=50)(model, x, torch.tensor([1, 2, 3]), seed=7)
print(hashlib.sha256(split.noise_variance.numpy().tobytes() + split.robust.numpy().tobytes()).hexdigest())
"""


def test_three_processes_agree_to_the_byte() -> None:
    command = [sys.executable, "-c", FINGERPRINT]
    running = [subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    digests = [process.communicate(timeout=300)[0].strip() for process in running]
    assert len(digests[0]) == len(hashlib.sha256().hexdigest())
    assert len(set(digests)) == 1


@pytest.mark.parametrize("cut", [None, "conv5_2"])
def test_the_network_and_torch_stay_as_they_were(vgg, cut) -> None:
    x, y = torch.rand(2, 3, 32, 32, generator=generator(3)), torch.tensor([1, 2])
    before = {name: value.clone() for name, value in vgg.state_dict().items()}
    state = torch.get_rng_state()
    split = Bottleneck(steps=3, cut=cut)(vgg, x, y)
    assert split.features.shape == vgg.features(x, cut).shape
    assert not any(t.requires_grad for t in vars(split).values())
    assert all(torch.equal(value, before[name]) for name, value in vgg.state_dict().items())
    assert all(parameter.grad is None and parameter.requires_grad for parameter in vgg.parameters())
    assert not vgg.training
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("cut", [None, "conv5_2"])
def test_autocast_and_no_grad_around_it_change_nothing(vgg, cut) -> None:
    x, y, bottleneck = (
        torch.rand(2, 3, 32, 32, generator=generator(3)),
        torch.tensor([1, 2]),
        Bottleneck(steps=3, cut=cut),
    )
    plain = bottleneck(vgg, x, y)
    with torch.autocast("cpu", torch.bfloat16), torch.no_grad():
        inside = bottleneck(vgg, x, y)
    assert inside.features.dtype == torch.float32
    assert torch.equal(inside.noise_variance, plain.noise_variance)


def test_features_that_share_memory_are_taken(toy) -> None:
    t = toy(n=1)
    shared = Bottleneck(steps=5).of_features(t.model, t.z.expand(10, -1, -1, -1), torch.arange(10))
    copied = Bottleneck(steps=5).of_features(t.model, t.z.repeat(10, 1, 1, 1), torch.arange(10))
    assert torch.equal(shared.noise_variance, copied.noise_variance)
    assert isinstance(shared, Distilled)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"beta": -0.1}, "Beta must be a finite number of at least 0, got -0.1"),
        ({"beta": math.nan}, "Beta must be"),
        ({"beta": math.inf}, "Beta must be"),
        ({"steps": 0}, "steps must be a whole number of at least 1, got 0"),
        ({"steps": 2.5}, "steps must be a whole number of at least 1, got 2.5"),
        ({"noise_draws": 0}, "noise_draws must be"),
        ({"learning_rate": 0.0}, "learning rate must be a finite number above 0"),
        ({"learning_rate": math.nan}, "learning rate"),
        ({"kl_reduction": "max"}, "Unknown KL reduction 'max'; known are mean, sum"),
        ({"tolerance": "all"}, "Unknown tolerance 'all'; known are image, batch"),
    ],
    ids=str,
)
def test_bad_settings_are_refused_on_construction(settings, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        Bottleneck(**settings)


def test_bad_input_is_refused_on_use(toy, vgg) -> None:
    t, distil = toy(n=2), Bottleneck(steps=1).of_features
    training = deepcopy(vgg).train()
    with pytest.raises(InputError, match="call model.eval"):
        Bottleneck()(training, torch.rand(1, 3, 32, 32), torch.tensor([0]))
    with pytest.raises(InputError, match="between 0 and 9, got 3 to 10"):
        distil(t.model, t.z, torch.tensor([3, 10]))
    with pytest.raises(InputError, match="one int64 label for each of 2 images"):
        distil(t.model, t.z, torch.tensor([3]))
    with pytest.raises(InputError, match="one int64 label"):
        distil(t.model, t.z, torch.tensor([0.0, 1.0]))
    with pytest.raises(InputError, match="single place"):
        distil(t.model, t.z[:, :, :1, :1], t.y)
    with pytest.raises(InputError, match="at least one image"):
        distil(t.model, t.z[:0], t.y[:0])
    with pytest.raises(InputError, match="not finite"):
        distil(t.model, t.z * math.nan, t.y)
    with pytest.raises(InputError, match="Unknown cut"):
        Bottleneck(cut="conv9")(vgg, torch.rand(1, 3, 32, 32), torch.tensor([0]))
    with pytest.raises(InputError, match="at least one beta"):
        Bottleneck().sweep(t.model, t.z, t.y, [])
    with pytest.raises(InputError, match="Beta must be"):
        Bottleneck().sweep(t.model, t.z, t.y, [0.3, -1])
