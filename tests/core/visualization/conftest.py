"""A small untrained network, the features of three pictures of noise, and settings that take a second."""

import pytest
import torch

from core.models import Staged, build_model
from core.seeding import generator, seeded
from core.types import Features
from core.visualization import Visualization

FAST = Visualization(steps=5)


@pytest.fixture(scope="session")
def model() -> Staged:
    with seeded(0, "network"):
        return build_model("vgg16", num_classes=3, image_size=32, width=0.0625).eval().requires_grad_(False)


@pytest.fixture(scope="session")
def targets(model: Staged) -> Features:
    with torch.no_grad():
        return model.features(torch.rand(3, 3, 32, 32, generator=generator(0)))


@pytest.fixture(scope="session")
def fast() -> Visualization:
    return FAST
