"""Accuracy along radii is each attack's own, and falls as the ball grows."""

import json

import pandas as pd
import pytest

from core.analysis.attacks.radii import Radii, sentence
from core.attacks import PGD, ThreatModel, robust_accuracy
from core.errors import InputError
from tests.core.analysis.conftest import Bench

ATTACK = PGD(threat=ThreatModel(epsilon=0.1), steps=2)


def test_every_radius_is_that_attack_alone(bench: Bench) -> None:
    seen: list[tuple[int, int]] = []
    experiment = Radii(n=5, attack=ATTACK, factors=(0, 1, 4))
    found = experiment(bench.subject, on_step=lambda done, total: seen.append((done, total)))
    curve = found.tables["curve"]
    assert curve["epsilon"].tolist() == pytest.approx([0, 0.1, 0.4])
    for attack, value in zip(experiment.attacks(), curve["value"], strict=True):
        assert value == robust_accuracy(bench.model, attack, bench.data.images, bench.data.labels).value
    assert seen == [(5, 15), (10, 15), (15, 15)]
    assert found.summary["chance"] == pytest.approx(1 / 3)
    json.dumps(found.summary)


def test_the_sentence_says_where_chance_is_reached_and_whether_the_curve_rises() -> None:
    curve = pd.DataFrame({"factor": [0.0, 1.0, 2.0], "value": [0.9, 0.5, 0.1], "high": [0.95, 0.6, 0.2]})
    assert "at 2 times" in sentence(curve, 0.1, 10)
    assert "rises" not in sentence(curve, 0.1, 10)
    assert "10\u00a0% stay right even at 2 times" in sentence(curve, 0.05, 10)
    assert "rises" in sentence(curve.assign(value=[0.9, 0.3, 0.8]), 0.1, 10)


@pytest.mark.parametrize("factors", [(), (-1.0, 1.0), (1.0, 1.0), (2.0, 1.0)], ids=str)
def test_a_grid_that_is_none_is_refused(factors: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="factors"):
        Radii(factors=factors)


def test_a_radius_past_every_image_is_refused() -> None:
    with pytest.raises(InputError, match="up to 1"):
        Radii(attack=PGD(threat=ThreatModel(epsilon=0.5)), factors=(1, 4))
