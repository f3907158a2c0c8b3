"""The shipped networks of the embedded data are where the method says something (INT-1), and know their cues."""

import pytest
import torch

from core.attacks import PGD, ThreatModel
from core.datasets import load_dataset
from core.datasets.shapes import Cue, draw_shapes
from core.distillation import Bottleneck, Distilled, read_out
from core.models import Staged, load_model
from core.seeding import generator

N = 200
EMBEDDED = ["digits-vgg16-standard", "digits-vgg16-adv", "shapes-vgg16-standard", "shapes-vgg16-adv"]


def split(name: str) -> Distilled:
    """The first N test images, distilled with their true labels at the shipped defaults."""
    data = load_dataset(name.split("-")[0], "test")
    return Bottleneck()(load_model(name), data.images[:N], data.labels[:N])


def accuracy(model: Staged, images: torch.Tensor, labels: torch.Tensor) -> float:
    with torch.no_grad():
        return (model(images).argmax(dim=1) == labels).float().mean().item()


@pytest.mark.parametrize("name", EMBEDDED)
def test_masks_are_neither_empty_nor_full(name: str) -> None:
    robust = split(name).robust
    assert 0.05 <= robust.float().mean() <= 0.60
    assert (~robust.any(dim=1)).float().mean() <= 0.05
    assert not robust.all(dim=1).any()


@pytest.mark.parametrize("name", EMBEDDED)
def test_the_robust_channels_alone_say_the_label(name: str) -> None:
    data, found = load_dataset(name.split("-")[0], "test"), split(name)
    logits = read_out(load_model(name), found.features, found.robust)
    assert (logits.robust.argmax(dim=1) == data.labels[:N]).float().mean() > 0.9


@pytest.mark.parametrize("data", ["digits", "shapes"])
def test_adversarial_training_resists_what_standard_training_does_not(data: str) -> None:
    test = load_dataset(data, "test")
    x, y = test.images[:N], test.labels[:N]
    attack = PGD(threat=ThreatModel(epsilon=test.epsilon))
    standard, adv = (load_model(f"{data}-vgg16-{defense}") for defense in ("standard", "adv"))
    assert accuracy(standard, attack(standard, x, y, generator=generator(0)), y) < 0.1
    assert accuracy(adv, attack(adv, x, y, generator=generator(0)), y) > 0.5


@pytest.mark.parametrize(
    ("name", "shape", "pattern", "low", "high"),
    [
        ("shapes-vgg16-standard", "own", "none", 0.9, 1),
        ("shapes-vgg16-standard", "none", "own", 0.8, 1),
        ("shapes-vgg16-adv", "own", "none", 0.8, 1),
        ("shapes-vgg16-adv", "own", "other", 0.8, 1),
        ("shapes-vgg16-adv", "none", "own", 0, 0.2),
    ],
)
def test_which_planted_cue_a_network_listens_to(name: str, shape: Cue, pattern: Cue, low: float, high: float) -> None:
    data = draw_shapes(300, seed=2, shape=shape, pattern=pattern)
    assert low <= accuracy(load_model(name), data.images, data.labels) <= high
