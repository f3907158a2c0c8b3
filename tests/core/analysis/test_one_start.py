"""An attack with a seed makes the same of an image wherever it is asked, whatever else is asked there."""

from dataclasses import replace

import pandas as pd
import pytest

from core.analysis.attacks.experiment import Evaluation
from core.analysis.bottleneck.experiment import BetaSweep
from core.analysis.channels.experiment import Assignment
from core.analysis.clusters.experiment import FeatureMaps
from core.analysis.experiment import Subject
from core.analysis.explain.explanation import explain
from core.analysis.start.experiment import Survey
from core.attacks import PGD, ThreatModel
from core.distillation import Bottleneck
from tests.core.analysis.conftest import Bench

ATTACK = PGD(threat=ThreatModel(epsilon=0.1), steps=1, step_size=0.0)  # all that is left is the start
PLAIN = Bottleneck(steps=2, cut="conv5_3")
SEED = 3


def maps(subject: Subject) -> pd.Series:
    experiment = FeatureMaps(
        n=5, perplexity=3, iterations=250, multiples_n=4, perplexities=(), map_seeds=(), neighbors=1, attack=ATTACK,
        bottleneck=PLAIN, seed=SEED,
    )  # fmt: skip
    points = experiment(subject).tables["points"]
    return points.query("map == 'true label' and side == 'all' and images == 'attacked'")["predicted"]


def swept(subject: Subject) -> pd.Series:
    images = BetaSweep(n=5, betas=(0.1, 1.0), attack=ATTACK, bottleneck=PLAIN, seed=SEED)(subject).tables["images"]
    return images.query("beta == 0.1")["attacked_all"]


def assigned(subject: Subject) -> pd.Series:
    found = Assignment(n=5, seeds=1, attack=ATTACK, bottleneck=PLAIN, seed=SEED)(subject)
    return found.tables["images"]["attacked_all"]


def surveyed(subject: Subject) -> pd.Series:
    return Survey(n=5, attack=ATTACK, bottleneck=PLAIN, seed=SEED)(subject).tables["images"]["attacked_all"]


@pytest.fixture(scope="module")
def alone(bench: Bench) -> list[int]:
    """What the network says of each attacked image when it is explained by itself."""
    found = []
    for index in range(5):
        x, label = bench.subject.image(index)
        told = explain(bench.model, x, label, attack=ATTACK, bottleneck=PLAIN, seed=SEED, index=index)
        found.append(int(told.adversarial.logits.all.argmax()))
    return found


@pytest.mark.parametrize("asked", [surveyed, swept, assigned, maps])
def test_every_experiment_sees_what_explain_sees(bench: Bench, alone: list[int], asked) -> None:  # type: ignore[no-untyped-def]
    assert asked(bench.subject).tolist() == alone


def test_an_evaluation_sees_it_of_those_that_were_right(bench: Bench, alone: list[int]) -> None:
    images = Evaluation(n=5, attacks=(ATTACK,), seed=SEED)(bench.subject).tables["images"]
    right = images[images["clean"]]
    assert len(right) > 0
    assert right["predicted"].tolist() == [alone[index] for index in right["index"]]


def test_an_image_in_another_place_starts_elsewhere(bench: Bench) -> None:
    x, label = bench.subject.image(0)
    there, elsewhere = (
        explain(bench.model, x, label, attack=ATTACK, bottleneck=PLAIN, seed=SEED, index=index).x_adv
        for index in (0, 1)
    )
    assert not there.equal(elsewhere)
    again = replace(bench.subject, data=replace(bench.data, name="again"))
    assert surveyed(again).tolist() == surveyed(bench.subject).tolist()
