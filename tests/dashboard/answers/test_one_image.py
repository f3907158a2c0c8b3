from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from core.analysis.explain.explanation import explain
from core.distillation import bottleneck
from dashboard.answers import at_hand, one_image
from dashboard.answers.image import looked_at
from dashboard.answers.question import Question, question
from dashboard.selection.catalog import resolve
from dashboard.selection.state import Selection


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Rows of every loop that the distiller goes through from now on."""
    seen: list[int] = []
    plain = bottleneck.descend
    monkeypatch.setattr(bottleneck, "descend", lambda *given: seen.append(len(given[1])) or plain(*given))
    return seen


def asked_of(**chosen: object) -> tuple[Question, one_image.OneImage]:
    selection, _ = resolve(Selection(data="digits", model="digits-vgg16-adv").change(**chosen), at_hand.catalog())
    image = looked_at(selection, at_hand.catalog())
    assert image is not None
    return question(selection, at_hand.catalog().cards[selection.model], image), image


def test_the_walk_ends_at_the_attacked_image_that_explain_shows(in_world: Path) -> None:
    asked, image = asked_of(image=7, seed=3)
    assert np.array_equal(one_image.attack_steps(asked, image).images[-1:], one_image.attacked(asked, image).numpy())


def test_an_answer_is_computed_once_and_for_what_it_depends_on(in_world: Path) -> None:
    asked, image = asked_of(image=7)
    assert one_image.answer(asked, image) is one_image.answer(*asked_of(image=7))
    assert one_image.answer(asked, image) is not one_image.answer(*asked_of(image=8))
    assert one_image.attacked(asked, image) is one_image.attacked(*asked_of(image=7, beta=1.0, label="4", draws=2))
    assert one_image.attacked(asked, image) is not one_image.attacked(*asked_of(image=7, seed=1))


@pytest.mark.parametrize(
    ("masks", "noise", "shown"),
    [
        ([[1, 1, 0], [0, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 0]], [9, 2, 5], (1, 4)),
        ([[1, 1, 0], [1, 1, 0], [1, 1, 0], [0, 1, 0], [0, 1, 0]], [9, 2, 5], (0, 3)),
        ([[1, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 0], [0, 0, 0]], [9, 2, 5], (2, 2)),
        ([[0, 0, 0]] * 5, [1, 2, 5], (2, 0)),
    ],
    ids=["one seed alone does not count", "the most noise of the steady ones", "none is steady", "none is robust"],
)
def test_the_channel_shown_first_is_robust_under_most_seeds(
    masks: list[list[int]], noise: list[float], shown: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = SimpleNamespace(noise=np.array(noise), robust=np.array(masks[0], dtype=bool))
    monkeypatch.setattr(one_image, "over_seeds", lambda *_: np.array(masks, dtype=bool))
    monkeypatch.setattr(one_image, "answer", lambda *_: given)
    assert one_image.steady_channel(None, None) == (*shown, 5)  # type: ignore[arg-type]


def test_one_pass_serves_every_part_of_the_page_and_both_networks(in_world: Path, passes: list[int]) -> None:
    asked, image = asked_of(image=11, split_of="own")
    rival = asked_of(image=11, split_of="own", model="digits-vgg16-standard")[0]
    one_image.prepare([asked, rival], image)
    assert len(passes) == 1
    assert len(one_image.over_seeds(asked, image)) == 5
    assert one_image.controls(asked, image).every_label.split.robust.shape[0] == 10
    assert one_image.random_masks(asked, image).shape == (10, 10)
    assert one_image.answer(rival, image).explanation.attacked
    for other in ({"kl": "sum"}, {"tolerance": "batch"}, {"label": "4"}):  # parts of the reading, switched one by one
        one_image.answer(asked_of(image=11, **other)[0], image)
    assert len(passes) == 1
    one_image.answer(asked_of(image=11, beta=2.0)[0], image)
    assert passes[1:] == [1]


def test_the_draw_of_the_given_label_is_the_same_wherever_it_is_shown(in_world: Path) -> None:
    asked, image = asked_of(image=13)
    given = one_image.controls(asked, image).random_mask
    row = one_image.random_masks(asked, image)[given.label]
    np.testing.assert_allclose(row, given.clean.logits.robust[0].softmax(dim=0), rtol=1e-4, atol=1e-6)
    every = one_image.controls(asked, image).every_label.split.robust[given.label]
    assert int(given.clean.split.robust.sum()) == int(every.sum())


def test_what_the_pass_says_is_what_explain_says(in_world: Path) -> None:
    asked, image = asked_of(image=12)
    one_image.prepare([asked], image)
    told = one_image.answer(asked, image).explanation
    alone = explain(
        one_image.network(asked), image.x, image.true_label, attack=asked.attacker, bottleneck=asked.bottleneck,
        index=12,
    )  # fmt: skip
    assert np.array_equal(told.x_adv, alone.x_adv)
    np.testing.assert_allclose(told.clean.split.noise_variance, alone.clean.split.noise_variance, rtol=1e-2, atol=1e-8)
    assert np.array_equal(told.clean.split.tolerance, alone.clean.split.tolerance)
