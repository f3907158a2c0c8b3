"""What one run of the Explain page draws from: the view, the image, and what one model answers about it."""

from dataclasses import dataclass

from core.models import ModelCard
from dashboard.answers import one_image
from dashboard.answers.image import OneImage
from dashboard.answers.one_image import Answer
from dashboard.answers.question import Question, question
from dashboard.frame.view import View


@dataclass(frozen=True)
class Answered:
    """One model's answer about the image."""

    card: ModelCard
    asked: Question
    answer: Answer


@dataclass(frozen=True)
class Scene:
    """Everything the parts of the page draw from.

    Args:
        view: of the page.
        image: that is looked at.
        main: the model's answer.
    """

    view: View
    image: OneImage
    main: Answered

    @property
    def class_names(self) -> tuple[str, ...]:
        """In label order."""
        return self.main.card.class_names


def scene_of(view: View) -> Scene:
    """The scene of a view with an image."""
    assert view.image is not None
    beside = [name for name in (view.selection.model, view.selection.compare) if name != "none"]
    one_image.prepare([question(view.selection, view.catalog.cards[name], view.image) for name in beside], view.image)
    return Scene(view, view.image, answered(view, view.selection.model, view.image))


def answered(view: View, name: str, image: OneImage) -> Answered:
    """What one model answers to the selection."""
    card = view.catalog.cards[name]
    asked = question(view.selection, card, image)
    return Answered(card, asked, one_image.answer(asked, image))
