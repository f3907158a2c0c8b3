import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.analysis.explain.explanation import Explanation, explain
from core.analysis.start import opening as start
from core.analysis.start.opening import choose, tells, write_start
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


def test_the_first_that_satisfies_it_is_taken(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "tells", lambda told: told.true_label == 1)
    chosen = choose(bench.model, bench.data, BOTTLENECK, PGD_2, [0, 2, 4, 1])
    assert chosen is not None
    assert chosen[0] == 4
    assert choose(bench.model, bench.data, BOTTLENECK, PGD_2, [0, 2]) is None


@pytest.mark.parametrize("holds", [True, False])
def test_what_is_written(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, holds: bool) -> None:
    monkeypatch.setattr(start, "tells", lambda told: holds)
    write_start(tmp_path, bench.model, bench.twin, bench.card, bench.data, BOTTLENECK, PGD_2, [3, 1], n=5)
    found = json.loads((tmp_path / "start.json").read_text())
    index = 3 if holds else 0
    alone = explain(bench.model, bench.data.images[index][None], 0, attack=PGD_2, bottleneck=BOTTLENECK)
    assert (found["image"], found["true_label"]) == (index, "cat")
    assert found["noise_variance"] == pytest.approx(alone.clean.split.noise_variance[0].tolist(), rel=1e-5)
    assert found["rule"].startswith("the first test image that" if holds else "the first test image, because none of")
    assert set(found["controls"]) == {"every_label", "random_mask", "random_network"}
    assert found["provenance"]["model"]["name"] == bench.card.name
    picture = np.asarray(Image.open(tmp_path / found["pictures"]["adversarial"]))[::8, ::8]
    assert (picture == (alone.x_adv[0] * 255).round().byte().permute(1, 2, 0).numpy()).all()
    assert sorted(found["pictures"]) == ["adversarial", "clean", "difference"]
    assert found["magnified"] >= 1
