"""The iterates are the attack's own, and each is read as any image is."""

import pytest
import torch

from core.analysis.attacks.figures.step_frames import WHO, Walk, step_sentence, steps
from core.analysis.attacks.steps import iterates, trace
from core.analysis.empty_set import empty_set
from core.analysis.split import features
from core.attacks import PGD, ThreatModel
from core.distillation import read_out
from core.look import LIGHT
from core.seeding import generator
from tests.core.analysis.conftest import Bench

THREAT = ThreatModel(epsilon=0.1)


@pytest.mark.parametrize("attack", [PGD(threat=THREAT, steps=3), PGD(threat=THREAT, steps=2, loss="margin")], ids=str)
def test_the_last_iterate_is_what_the_attack_returns(bench: Bench, attack: PGD) -> None:
    x, y = bench.data.images[:1], bench.data.labels[:1]
    seen = iterates(bench.model, attack, x, y, generator=generator(3))
    assert torch.equal(seen[:1], x)
    assert len(seen) == 2 + attack.steps
    assert torch.equal(seen[-1:], attack(bench.model, x, y, generator=generator(3)))
    assert (seen - x).abs().max() <= THREAT.epsilon + 1e-6


def test_every_step_is_read_through_the_split_of_the_clean_image(bench: Bench) -> None:
    x, robust = bench.data.images[:1], torch.arange(32)[None] % 2 == 0
    found = trace(bench.model, PGD(threat=THREAT, steps=2), x, 0, robust, generator=generator(0), cut="conv5_3")
    last = torch.from_numpy(found.images[-1:])
    said = read_out(bench.model, features(bench.model, last, "conv5_3"), robust, "conv5_3")
    for side, probabilities in found.probabilities.items():
        assert probabilities.shape == (4, 3)
        torch.testing.assert_close(torch.from_numpy(probabilities[-1:]), getattr(said, side).softmax(dim=1))


@pytest.mark.parametrize(("robust", "silent"), [(False, "robust"), (True, "nonrobust")])
def test_a_side_without_channels_says_nothing(bench: Bench, robust: bool, silent: str) -> None:
    """U13: neither in a sentence nor as a curve."""
    x, mask = bench.data.images[:1], torch.full((1, 32), robust)
    found = trace(bench.model, PGD(threat=THREAT, steps=2), x, 0, mask, generator=generator(0), cut="conv5_3")
    assert silent not in found.probabilities
    told = step_sentence(found.probabilities, 0, bench.card.class_names)
    assert empty_set(silent) in told
    assert f"{WHO[silent]} say" not in told
    figure = steps(Walk(found.images, 0.1, found.probabilities, 0, 1, ("a", "b")), ["x"] * len(found.images), LIGHT)
    assert len([trace for trace in figure.data if "lines+markers" in trace.to_plotly_json().values()]) == 4, (
        "two sides on two panels"
    )
