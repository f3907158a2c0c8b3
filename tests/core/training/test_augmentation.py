import pytest
import torch

from core.errors import InputError
from core.seeding import generator
from core.training import Augmentation
from core.training.augmentation import augmentation_for

X = torch.rand(40, 3, 8, 10, generator=generator(0))


def test_every_image_is_a_crop_of_the_padded_one_or_of_its_mirror() -> None:
    padded = torch.nn.functional.pad(X, (2, 2, 2, 2))
    found = []
    for image, source in zip(Augmentation(padding=2)(X, generator=generator(1)), padded, strict=True):
        crops = {(t, s): source[:, t : t + 8, s : s + 10] for t in range(5) for s in range(5)}
        plain = [place for place, crop in crops.items() if torch.equal(image, crop)]
        mirrored = [place for place, crop in crops.items() if torch.equal(image, crop.flip(2))]
        assert len(plain) + len(mirrored) == 1
        found += [(place, False) for place in plain] + [(place, True) for place in mirrored]
    assert len({place for place, _ in found}) > 10
    assert 8 < sum(flipped for _, flipped in found) < 32


def test_equal_generators_draw_alike() -> None:
    a, b, c = (Augmentation()(X, generator=generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(a, b)
    assert not torch.equal(a, c)


def test_nothing_asked_changes_nothing() -> None:
    assert torch.equal(Augmentation(padding=0, flip=False)(X, generator=generator(1)), X)


def test_digits_are_never_mirrored_and_photographs_are() -> None:
    assert not augmentation_for("digits").flip
    assert augmentation_for("cifar10") == augmentation_for("svhn") == Augmentation(padding=4, flip=True)


def test_negative_padding_is_refused() -> None:
    with pytest.raises(InputError, match="padding must be at least 0 pixels, got -1"):
        Augmentation(padding=-1)
