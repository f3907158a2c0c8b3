from collections.abc import Callable

import pytest
import torch

from core.datasets import Dataset
from core.models import Staged, build_model
from core.seeding import generator, seeded
from core.training import Recipe


@pytest.fixture(scope="session")
def data() -> Dataset:
    """64 noisy images of four classes, each with its own bright quarter: learned in a few steps."""
    labels = torch.arange(64) % 4
    images = 0.3 * torch.rand(64, 3, 32, 32, generator=generator(0))
    for image, label in zip(images, labels.tolist(), strict=True):
        top, left = 16 * (label // 2), 16 * (label % 2)
        image[:, top : top + 16, left : left + 16] += 0.6
    return Dataset("quarters", "train", images, labels, ("a", "b", "c", "d"), 0.03)


@pytest.fixture(scope="session")
def fresh_model() -> Callable[..., Staged]:
    """Makes a network of a sixteenth of the width, with the same weights every time."""

    def make(network: str = "vgg16") -> Staged:
        with seeded(0, "weights"):
            return build_model(network, num_classes=4, image_size=32, width=0.0625)

    return make


@pytest.fixture
def model(fresh_model: Callable[..., Staged]) -> Staged:
    """A fresh VGG-16."""
    return fresh_model()


@pytest.fixture
def recipe() -> Recipe:
    """Four epochs of two steps."""
    return Recipe(epochs=4, batch_size=32, learning_rate=0.05, momentum=0.9, weight_decay=5e-4, schedule="one-cycle")
