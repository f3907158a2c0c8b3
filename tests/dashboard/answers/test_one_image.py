from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from dashboard.answers import at_hand, one_image
from dashboard.answers.image import looked_at
from dashboard.answers.question import Question, question
from dashboard.selection.catalog import resolve
from dashboard.selection.state import Selection


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
