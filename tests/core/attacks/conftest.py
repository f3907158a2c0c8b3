from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from core.datasets import Dataset, load_dataset
from core.models import PooledLinear, Staged
from core.seeding import generator, seeded
from core.types import Images, Labels


def small_network(num_classes: int = 4) -> Staged:
    """One convolution and the usual tail, with batch norm and dropout, which tell training from eval mode."""
    with seeded(0, "small network"):
        conv = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.Dropout(0.5))
        return Staged([("conv", conv), ("classifier", PooledLinear(8, num_classes, max_pool=False))], "conv").eval()


@pytest.fixture
def network() -> Staged:
    """Random weights; 3 x 8 x 8 pixels suffice."""
    return small_network()


@pytest.fixture
def batch(network: Staged) -> tuple[Images, Labels]:
    """Twelve noise images with the classes that the network sees in them; some pixels exactly 0, some exactly 1."""
    x = (torch.rand(12, 3, 8, 8, generator=generator(1)) * 1.6 - 0.3).clamp(0, 1)
    with torch.no_grad():
        return x, network(x).argmax(dim=1)


@pytest.fixture(scope="session")
def digits() -> tuple[Staged, Dataset]:
    """A small convolutional network that reads real digits (accuracy 0.96), and their test set.

    Its weights lie in a file: training here would end with other ones on another processor, and attacks with other
    counts. They come from six epochs of Adam, and are rounded to half precision.
    """
    conv = nn.Sequential(nn.AvgPool2d(4), nn.Conv2d(3, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3))
    model = Staged([("conv", conv), ("classifier", Flat(64 * 4 * 4, 10))], "conv")
    model.load_state_dict(load_file(Path(__file__).with_name("digits.safetensors")))
    return model.eval().requires_grad_(False), load_dataset("digits", "test")


class Flat(nn.Sequential):
    """ReLU, flatten, linear."""

    def __init__(self, features: int, num_classes: int) -> None:
        super().__init__(nn.ReLU(), nn.Flatten(), nn.Linear(features, num_classes))
