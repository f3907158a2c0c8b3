"""The one image of the first screen: by a rule, and only where images may be stored."""

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from core.analysis.experiment import Subject
from core.analysis.explain.explanation import Explanation, explain
from core.analysis.start import opening as start
from core.analysis.start.opening import opening, promising, tells
from core.distillation import ReadOut
from tests.core.analysis.conftest import BOTTLENECK, PGD_2, Bench


@pytest.mark.parametrize(
    ("clean", "attacked", "holds"),
    [
        (0, (1, 0, 1), True),
        (0, (1, 0, 2), True),
        (1, (1, 0, 1), False),  # wrong before
        (0, (0, 0, 1), False),  # not turned
        (0, (1, 1, 1), False),  # the robust side loses the label
        (0, (1, 0, 0), False),  # so does not the other
    ],
)
def test_the_rule(explanation: Explanation, clean: int, attacked: tuple[int, int, int], holds: bool) -> None:
    def says(*labels: int) -> ReadOut:
        return ReadOut(*(torch.eye(3)[[label]] for label in labels))

    told = replace(
        explanation,
        clean=replace(explanation.clean, logits=says(clean, 0, 1)),
        adversarial=replace(explanation.adversarial, logits=says(*attacked)),
    )
    assert tells(told) == holds
    split = replace(told.adversarial.split, robust=torch.zeros_like(told.adversarial.split.robust))
    assert not tells(replace(told, adversarial=replace(told.adversarial, split=split))), "U13: nobody speaks there"


@pytest.fixture
def images() -> pd.DataFrame:
    """A survey's table in which images 1 and 3 can satisfy the rule."""
    said = {"label": [0] * 5, "clean_all": [0] * 5, "attacked_robust": [0] * 5, "attacked_nonrobust": [1] * 5}
    return pd.DataFrame({"index": range(5), "attacked_all": [0, 1, 0, 1, 0], **said})


@pytest.fixture
def embedded(bench: Bench) -> Subject:
    """The bench, its data under the name of a set whose images may be stored."""
    return replace(bench.subject, data=replace(bench.data, name="digits"))


def opened(subject: Subject, images: pd.DataFrame) -> tuple[dict[str, Any], Mapping[str, Any]]:
    record, pictures = opening(subject, images, PGD_2, BOTTLENECK, 0)
    assert record is not None
    return record, pictures


def test_the_first_that_satisfies_it_is_taken(
    embedded: Subject, images: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert promising(images) == [1, 3]
    monkeypatch.setattr(start, "tells", lambda told: told.true_label == 0)
    assert opened(embedded, images)[0]["image"] == 3


@pytest.mark.parametrize("holds", [True, False])
def test_what_is_kept(
    bench: Bench, embedded: Subject, images: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, holds: bool
) -> None:
    monkeypatch.setattr(start, "tells", lambda told: holds)
    found, pictures = opened(embedded, images)
    index = 1 if holds else 0
    x, label = bench.data.images[index][None], int(bench.data.labels[index])
    alone = explain(bench.model, x, label, attack=PGD_2, bottleneck=BOTTLENECK, index=index)
    assert (found["image"], found["true_label"]) == (index, bench.card.class_names[label])
    assert found["noise_variance"] == pytest.approx(alone.clean.split.noise_variance[0].tolist(), rel=1e-5)
    assert found["rule"].startswith("the first test image that" if holds else "the first test image, because none of")
    assert set(found["controls"]) == {"every_label", "random_mask", "random_network"}
    assert found["provenance"]["model"]["name"] == bench.card.name
    json.dumps(found, allow_nan=False)
    assert sorted(pictures) == ["adversarial", "clean", "difference"]
    picture = np.asarray(Image.open(io.BytesIO(pictures["adversarial"].tobytes())))[::8, ::8]
    assert (picture == (alone.x_adv[0] * 255).round().byte().permute(1, 2, 0).numpy()).all()
    assert found["magnified"] >= 1


@pytest.mark.parametrize("name", ["cifar10", "toy"])
def test_no_image_of_another_set_is_kept(bench: Bench, images: pd.DataFrame, name: str) -> None:
    subject = replace(bench.subject, data=replace(bench.data, name=name))
    assert opening(subject, images, PGD_2, BOTTLENECK, 0) == (None, {})
