"""The images before and after the one that is looked at, ready before they are asked for."""

from collections.abc import Sequence
from functools import partial

from core.types import OnStep
from dashboard.answers import cost, one_image
from dashboard.answers.background import WORKER, Task
from dashboard.answers.image import OneImage, looked_at
from dashboard.answers.question import Question, question
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import Selection

LONGEST = 2.0  # seconds: what takes longer is computed where it is asked for


def expect(selection: Selection, catalog: Catalog, places: Sequence[int]) -> None:
    """Compute these test images in the background, as they would be shown with the settings of the selection."""
    others = [place for place in dict.fromkeys(places) if selection.own or place != selection.image]
    WORKER.expect([task for place in others for task in _tasks(selection.change(image=place), catalog)])


def _tasks(selection: Selection, catalog: Catalog) -> list[Task]:
    """Nothing where there is no such image, or where it takes long."""
    if (image := looked_at(selection, catalog)) is None:
        return []
    cards = [catalog.cards[name] for name in (selection.model, selection.compare) if name != "none"]
    asked = [question(selection, card, image) for card in cards]
    if any(cost.seconds(one, card, image) > LONGEST for one, card in zip(asked, cards, strict=True)):
        return []
    return [partial(_ready, asked, image)]


def _ready(questions: Sequence[Question], image: OneImage, on_step: OnStep) -> None:
    """All that Explain shows of an image."""
    on_step(0, 1)
    for asked in questions:
        one_image.attacked(asked, image)
        on_step(0, 1)
    one_image.prepare(questions, image, on_step)
    for asked in questions:
        one_image.answer(asked, image)
    one_image.steady_channel(questions[0], image)
    one_image.random_masks(questions[0], image)
