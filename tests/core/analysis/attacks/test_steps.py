"""The iterates are the attack's own, and each is read as any image is."""

import numpy as np
import pytest
import torch

from core.analysis.attacks.figures.step_panels import step_slides
from core.analysis.attacks.sentences import of_one_image
from core.analysis.attacks.steps import iterates, trace
from core.analysis.attacks.walk import WHO, Walk
from core.analysis.empty_set import empty_set
from core.analysis.slider import Panel, Shots
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
    way = Walk(found.images, 0.1, found.probabilities, 0, 1, bench.card.class_names)
    assert empty_set(silent) in way.sentence(0)
    assert f"{WHO[silent]} say" not in way.sentence(0)
    assert [len(panel.lines) for panel in step_slides(way, LIGHT).panels if isinstance(panel, Panel)] == [2, 2]


def walk(whole: list[float]) -> Walk:
    """Of two classes, the first true, with its probability given; the robust side stays with it."""
    said = np.array([[p, 1 - p] for p in whole])
    images = np.full((len(whole), 3, 4, 4), 0.5, np.float32) + np.linspace(0, 0.09, len(whole))[:, None, None, None]
    return Walk(
        images.astype(np.float32), 0.1, {"all": said, "robust": np.full_like(said, 0.5)}, 0, 1, ("disc", "<ring>")
    )


@pytest.mark.parametrize(
    ("whole", "turned", "words"),
    [
        ([0.9, 0.8, 0.7, 0.2], 2, "PGD needs 2 of 2 steps: from disc to <ring>"),
        ([0.9, 0.2, 0.7, 0.2], 2, "needs 2 of 2"),
        ([0.9, 0.2, 0.1, 0.2], 0, "needs 0 of 2"),
        ([0.1, 0.2, 0.1, 0.2], -1, "wrong before any attack"),
        ([0.9, 0.2, 0.1, 0.8], None, "still says disc after 2 steps"),
    ],
)
def test_the_step_that_turns_an_image_is_the_first_after_which_it_stays_turned(
    whole: list[float], turned: int | None, words: str
) -> None:
    assert walk(whole).turned == turned
    assert words in of_one_image(walk(whole))


def test_the_browser_gets_a_value_a_position() -> None:
    slides = step_slides(walk([0.9, 0.8, 0.7, 0.2]), LIGHT)
    assert (slides.positions, slides.start, len(slides.sentences)) == (["clean", "start", "1", "2"], 3, 4)
    image, added, true, other = slides.panels
    assert isinstance(image, Shots)
    assert isinstance(added, Shots)
    for shots in (image, added):
        assert len(set(shots.sources)) == 4
        assert all(source.startswith("data:image/png") for source in shots.sources)
    assert isinstance(true, Panel)
    assert [line.values for line in true.lines] == [[0.9, 0.8, 0.7, 0.2], [0.5] * 4]
    assert (true.title, other.title) == ("How probable is disc, the true class?", "How probable is <ring>?")
    assert "all 90\u00a0% to 20\u00a0%" in true.says
