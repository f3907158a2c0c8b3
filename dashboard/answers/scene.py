"""What one run of the Explain page looks at: the image, the question, the answer of the model and of its rival."""

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import streamlit as st

from core.look import DARK, LIGHT, PRESENT_SIZE, Look
from dashboard.answers import at_hand, one_image
from dashboard.answers.question import Answer, Question, Subject, question
from dashboard.selection.catalog import Catalog
from dashboard.selection.state import Selection

if TYPE_CHECKING:
    from core.models import ModelCard

UPLOAD = "own_image"  # in the session: (file name, content)


@dataclass(frozen=True)
class Reading:
    """One model's answer about the image."""

    card: "ModelCard"
    asked: Question
    answer: Answer


@dataclass(frozen=True)
class Scene:
    """Everything the parts of the page draw from.

    Args:
        selection: resolved.
        catalog: what is here.
        subject: the image.
        main: the model's answer.
        look: palette and letter size.
    """

    selection: Selection
    catalog: Catalog
    subject: Subject
    main: Reading
    look: Look

    @property
    def class_names(self) -> tuple[str, ...]:
        """In label order."""
        return self.main.card.class_names


def look(selection: Selection) -> Look:
    """The palette of the theme in use, with larger letters for a projector."""
    from dataclasses import replace

    palette = DARK if st.context.theme.type == "dark" else LIGHT
    return replace(palette, size=PRESENT_SIZE) if selection.mode == "present" else palette


def subject(selection: Selection, catalog: Catalog) -> Subject | None:
    """The image that is looked at; None where it is neither uploaded nor on this machine."""
    card = catalog.cards[selection.model]
    if selection.own:
        name, content = st.session_state[UPLOAD]
        digest = sha256(content).hexdigest()
        return Subject(f"own:{digest}", name, at_hand.uploaded(digest, card.image_size, content), None, None)
    if selection.data not in catalog.images:
        return None
    data, i = at_hand.dataset(selection.data), selection.image
    return Subject(f"{data.name}:{i}", f"test image {i}", data.images[i : i + 1], int(data.labels[i]), i)


def reading(selection: Selection, catalog: Catalog, name: str, image: Subject) -> Reading:
    """What one model answers to the selection."""
    card = catalog.cards[name]
    asked = question(selection, card, image)
    return Reading(card, asked, one_image.answer(asked, image))
