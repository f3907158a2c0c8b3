"""A small untrained network, five pictures of noise, and one explanation with all that follows from it."""

from dataclasses import dataclass
from typing import Any

import pytest
import torch

from core.analysis.experiment import Subject
from core.analysis.explain.controls import Controls, controls
from core.analysis.explain.explanation import Explanation, explain
from core.analysis.explain.record import Conditions, record
from core.attacks import PGD, ThreatModel
from core.datasets import Dataset
from core.distillation import Bottleneck
from core.models import ModelCard, Staged, random_twin
from core.seeding import generator

NAMES = ("cat", "dog", "<script>alert(1)</script>")
PGD_2 = PGD(threat=ThreatModel(epsilon=0.1), steps=2)
BOTTLENECK = Bottleneck(steps=20, beta=0.1, cut="conv5_3")


@dataclass(frozen=True)
class Bench:
    """What most tests need at once."""

    card: ModelCard
    model: Staged
    twin: Staged
    data: Dataset

    @property
    def subject(self) -> Subject:
        """What experiments are run on."""
        return Subject(self.card, self.model, self.data)


@pytest.fixture(scope="session")
def bench() -> Bench:
    card = ModelCard(
        name="toy-vgg16-adv",
        network="vgg16",
        width=0.0625,
        num_classes=3,
        image_size=32,
        cut="conv5_3",
        data="toy",
        class_names=NAMES,
        epsilon=0.1,
        defense="adv",
        sha256="0" * 64,
    )
    model = random_twin(card, seed=1)
    model.stages["classifier"].linear.weight.mul_(60)  # untrained logits lie near zero; these say something
    images = torch.rand(5, 3, 32, 32, generator=generator(0))
    images[4] *= 0.1
    labels = torch.tensor([0, 1, 2, 0, 1])
    return Bench(card, model, random_twin(card), Dataset("toy", "test", images, labels, NAMES, 0.1))


@pytest.fixture(scope="session")
def explanation(bench: Bench) -> Explanation:
    return explain(bench.model, bench.data.images[:1], 0, attack=PGD_2, bottleneck=BOTTLENECK)


@pytest.fixture(scope="session")
def checks(bench: Bench, explanation: Explanation) -> Controls:
    return controls(bench.model, bench.twin, explanation, BOTTLENECK)


@pytest.fixture(scope="session")
def conditions(bench: Bench) -> Conditions:
    return Conditions(card=bench.card, image=0, attack=PGD_2, bottleneck=BOTTLENECK, seed=0, split_of="clean")


@pytest.fixture
def found(explanation: Explanation, checks: Controls, conditions: Conditions) -> dict[str, Any]:
    """The record of the explanation."""
    return record(explanation, checks, conditions)
