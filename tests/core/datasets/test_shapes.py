import pytest
import torch

from core.datasets import DATASETS, Dataset, load_dataset
from core.datasets.shapes import AMPLITUDE, EPSILON, MARGIN, PRESENCE, SEEDS, draw_shapes, patterns
from core.errors import InputError

LEVEL = 1 / 255
ROUNDING = 1e-6


def wave_energy(images: torch.Tensor) -> torch.Tensor:
    """Matched filter: how strongly each class's wave is in the gray of each image, (n, 10)."""
    gray = images.mean(dim=1).flatten(1)
    waves = patterns().flatten(1)
    return gray @ (waves - waves.mean(dim=1, keepdim=True)).T / waves.norm(dim=1)


def test_the_data_set_as_registered() -> None:
    data = load_dataset("shapes", "test")
    assert data.images.shape == (2000, 3, 32, 32)
    assert data.images.dtype == torch.float32
    assert data.images.min() >= 0
    assert data.images.max() <= 1
    assert data.labels.bincount().tolist() == [200] * 10
    assert len(set(data.class_names)) == 10
    assert data.epsilon == EPSILON


def test_pixels_are_whole_levels_so_a_png_holds_what_the_network_sees() -> None:
    levels = draw_shapes(20, seed=3).images * 255
    assert torch.allclose(levels, levels.round(), atol=1e-3)


def test_an_image_depends_on_its_seed_and_number_only() -> None:
    few, many = draw_shapes(7, seed=5), draw_shapes(1203, seed=5)
    assert torch.equal(few.images, many.images[:7])
    assert torch.equal(few.labels, many.labels[:7])
    assert not torch.equal(few.images, draw_shapes(7, seed=6).images)


def test_no_image_is_drawn_twice_within_or_across_the_splits() -> None:
    test = load_dataset("shapes", "test").images
    train = draw_shapes(4000, SEEDS["train"], presence=PRESENCE["train"]).images
    seen = {image.numpy().tobytes() for image in torch.cat([train, test])}
    assert len(seen) == len(train) + len(test)


def test_the_pattern_changes_no_pixel_by_more_than_its_amplitude() -> None:
    with_pattern, without = draw_shapes(100, 4).images, draw_shapes(100, 4, pattern="none").images
    difference = with_pattern - without
    assert AMPLITUDE - ROUNDING <= difference.abs().max() <= AMPLITUDE + ROUNDING
    assert torch.equal(draw_shapes(100, 4, amplitude=0).images, without)


def test_an_attack_of_epsilon_can_put_another_pattern_in_place_of_the_own() -> None:
    own, other = draw_shapes(100, 4).images, draw_shapes(100, 4, pattern="other").images
    assert (own - other).abs().max() <= EPSILON + ROUNDING


def test_the_shape_stands_out_by_far_more_than_epsilon() -> None:
    with_shape, without = (draw_shapes(200, 4, shape=shape, pattern="none").images for shape in ("own", "none"))
    contrast = (with_shape - without).abs().amax(dim=1).flatten(1)
    assert (contrast.topk(60, dim=1).values.mean(dim=1) > 4 * EPSILON).all()


def test_a_cue_of_another_class_leaves_the_rest_of_the_picture_as_it_is() -> None:
    pattern = draw_shapes(50, 4).images - draw_shapes(50, 4, pattern="none").images
    under_other_shape = (
        draw_shapes(50, 4, shape="other").images - draw_shapes(50, 4, shape="other", pattern="none").images
    )
    assert torch.allclose(pattern, under_other_shape, atol=ROUNDING)
    corner = (slice(None), slice(None), slice(0, 1), slice(0, 1))
    own, other = draw_shapes(50, 4, pattern="none"), draw_shapes(50, 4, shape="other", pattern="none")
    assert torch.allclose(own.images[corner], other.images[corner], atol=0.05)
    assert torch.equal(own.labels, other.labels)


@pytest.mark.parametrize(("cue", "left_out"), [("shape", "pattern"), ("pattern", "shape")])
def test_presence_is_the_share_of_pictures_that_hold_the_cue(cue: str, left_out: str) -> None:
    always, mostly, never, none = (
        draw_shapes(1000, 4, presence=presence, **{cue: shown, left_out: "none"}).images.flatten(1)
        for presence, shown in ((1, "own"), (0.9, "own"), (0, "own"), (1, "none"))
    )
    assert torch.equal(never, none)
    holds = (mostly == always).all(dim=1)
    assert 0.87 < holds.float().mean() < 0.93
    assert torch.equal(mostly[~holds], none[~holds])


@pytest.mark.parametrize("shape", ["own", "other", "none"])
def test_a_matched_filter_reads_the_class_from_the_pattern(shape: str) -> None:
    data = draw_shapes(300, 4, shape=shape)
    found = wave_energy(data.images).argmax(dim=1)
    assert (found == data.labels).float().mean() > 0.95


def test_the_filter_reads_nothing_without_the_pattern_and_the_wrong_class_from_another() -> None:
    none, other = draw_shapes(300, 4, pattern="none"), draw_shapes(300, 4, pattern="other")
    assert (wave_energy(none.images).argmax(dim=1) == none.labels).float().mean() < 0.3
    assert (wave_energy(other.images).argmax(dim=1) == other.labels).float().mean() < 0.05


def radial_profile(data: Dataset, ground: Dataset) -> torch.Tensor:
    """How much of each shape lies at which distance from its center, in units of its size: blind to turn, (n, 10)."""
    mask = ((data.images - ground.images).abs().amax(dim=1) > 0.2).float()
    p = torch.arange(32.0)
    area = mask.sum(dim=(1, 2)).clamp_min(1)[:, None, None]
    x, y = (mask * p).sum(dim=(1, 2), keepdim=True) / area, (mask * p[:, None]).sum(dim=(1, 2), keepdim=True) / area
    distance = torch.hypot(p - x, p[:, None] - y) / area.sqrt()
    rings = (distance * 8).long().clamp_max(9)
    return torch.stack([(mask * (rings == k)).sum(dim=(1, 2)) for k in range(10)], dim=1) / area[:, :, 0]


def test_the_shape_alone_tells_the_class() -> None:
    shaped, ground = (draw_shapes(1000, 4, shape=shape, pattern="none") for shape in ("own", "none"))
    profile = radial_profile(shaped, ground)
    nearest = torch.cdist(profile[800:], profile[:800]).argmin(dim=1)
    assert (shaped.labels[nearest] == shaped.labels[800:]).float().mean() > 0.7


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"n": 0}, "at least 1 picture"),
        ({"shape": "purple"}, "Unknown cue 'purple'"),
        ({"pattern": ""}, "Unknown cue"),
        ({"presence": 1.5}, "presence"),
        ({"amplitude": -0.01}, "amplitude"),
        ({"amplitude": MARGIN + LEVEL}, "amplitude"),
        ({"amplitude": float("nan")}, "amplitude"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(options: dict, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        draw_shapes(**{"n": 3, "seed": 0, **options})


def test_the_easier_images_are_the_training_splits_without_their_pattern() -> None:
    easier = DATASETS["shapes"].easier
    assert easier is not None
    data, plain = draw_shapes(500, SEEDS["train"]), easier(500)
    assert torch.equal(plain.labels, data.labels)
    assert 0 < (plain.images - data.images).abs().max() < data.epsilon
