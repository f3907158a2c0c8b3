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
from core.analysis.start.opening import CLEAR, clearest, lead, opening, promising, tells
from core.distillation import ReadOut
from tests.core.analysis.conftest import BOTTLENECK, PGD_2, Bench


def saying(explanation: Explanation, clean: tuple[int, ...], attacked: tuple[int, ...], sure: float = 9) -> Explanation:
    """What all, the robust and the non-robust channels say, of three classes; label 0 is the true one."""

    def says(labels: tuple[int, ...]) -> ReadOut:
        return ReadOut(*(sure * torch.eye(3)[[label]] for label in labels))

    return replace(
        explanation,
        clean=replace(explanation.clean, logits=says(clean)),
        adversarial=replace(explanation.adversarial, logits=says(attacked)),
    )


@pytest.mark.parametrize(
    ("clean", "attacked", "holds"),
    [
        ((0, 0, 0), (1, 0, 1), True),
        ((0, 0, 0), (1, 0, 2), True),
        ((1, 0, 0), (1, 0, 1), False),  # wrong before
        ((0, 1, 0), (1, 0, 1), False),  # the robust side was
        ((0, 0, 1), (1, 0, 1), False),  # the other was, so that the attack has not fooled it
        ((0, 0, 0), (0, 0, 1), False),  # not fooled
        ((0, 0, 0), (1, 1, 1), False),  # the robust side is
        ((0, 0, 0), (1, 0, 0), False),  # the other is not
    ],
)
def test_the_rule(explanation: Explanation, clean: tuple[int, ...], attacked: tuple[int, ...], holds: bool) -> None:
    told = saying(explanation, clean, attacked)
    assert tells(told) == holds
    split = replace(told.adversarial.split, robust=torch.zeros_like(told.adversarial.split.robust))
    assert not tells(replace(told, adversarial=replace(told.adversarial, split=split))), "U13: nobody speaks there"


def test_a_tie_gives_way_to_a_clear_lead(explanation: Explanation) -> None:
    tie, near, clear, silent = (
        saying(explanation, (0, 0, 0), (1, 0 if fits else 1, 1), sure)
        for fits, sure in ((True, 0.01), (True, 0.1), (True, 9), (False, 9))
    )
    assert lead(tie) < lead(near) < CLEAR <= lead(clear)
    chosen = clearest(enumerate([silent, tie, clear, clear]))
    assert chosen is not None
    assert chosen[0] == 2
    closest = clearest(enumerate([tie, near, silent]))
    assert closest is not None
    assert closest[0] == 1, "the largest lead where none is clear"
    assert clearest(enumerate([silent])) is None


def test_the_lead_is_the_lesser_of_the_networks_and_the_robust_channels(explanation: Explanation) -> None:
    sure = saying(explanation, (0, 0, 0), (1, 0, 1))
    said = replace(sure.adversarial.logits, all=torch.tensor([[0.0, 0.01, -9.0]]))
    assert lead(replace(sure, adversarial=replace(sure.adversarial, logits=said))) < 0.01 < CLEAR < lead(sure)


@pytest.fixture
def images() -> pd.DataFrame:
    """A survey's table in which images 1 and 3 can satisfy the rule."""
    right = ("label", "clean_all", "clean_robust", "clean_nonrobust", "attacked_robust")
    said = {**{name: [0] * 5 for name in right}, "attacked_nonrobust": [1] * 5}
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
    starts = {True: ("the first test image on which", "the test image with"), False: ("the first test image, because",)}
    assert found["rule"].startswith(starts[holds])
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
