"""The images before and after the one that is looked at, ready before they are asked for."""

from collections.abc import Sequence
from functools import partial

from core.types import OnStep
from dashboard.answers import one_image
from dashboard.answers.background import WORKER, Task
from dashboard.answers.image import OneImage, looked_at
from dashboard.answers.question import Question, question
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import Selection


def expect(selection: Selection, catalog: Catalog) -> None:
    """Compute the next and the previous image in the background, as they would be shown with these settings."""
    count = 0 if selection.own else catalog.images.get(selection.data, 0)
    places = dict.fromkeys((selection.image + step) % count for step in (1, -1)) if count > 1 else {}
    WORKER.expect([task for place in places for task in _tasks(selection.change(image=place), catalog)])


def _tasks(selection: Selection, catalog: Catalog) -> list[Task]:
    image = looked_at(selection, catalog)
    names = [name for name in (selection.model, selection.compare) if name != "none"]
    return (
        [] if image is None else [partial(_ready, [question(selection, catalog.cards[n], image) for n in names], image)]
    )


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
