"""What a screen draws from, and how a page speaks of the experiment that it shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import streamlit as st

from core.analysis.results import StoredResult
from core.errors import InputError
from core.look import DARK, LIGHT, PRESENT_SIZE, Look
from dashboard.answers.image import OneImage, looked_at
from dashboard.answers.outcomes import Attack
from dashboard.selection.catalog import Catalog, strength
from dashboard.selection.state import Selection

if TYPE_CHECKING:
    from core.models import ModelCard

EMPTY = Catalog({}, {}, {}, ())


@dataclass(frozen=True)
class View:
    """Everything that one run of a page draws from.

    Args:
        selection: what is looked at, resolved.
        catalog: what is here; empty on a page that waits for no network.
        stored: the result that is shown; None where the page has none.
        rival: that of the model it is compared with; None where there is none that compares.
        instead: what is shown in place of the selection, where nothing is stored of that; else None.
    """

    selection: Selection
    catalog: Catalog = EMPTY
    stored: StoredResult | None = None
    rival: StoredResult | None = None
    instead: Selection | None = None

    @property
    def seen(self) -> Selection:
        """What the stored result is shown of."""
        return self.instead or self.selection

    @property
    def result(self) -> StoredResult:
        """The stored result that is shown; a page of one kind draws nothing without it."""
        assert self.stored is not None
        return self.stored

    @property
    def is_example(self) -> bool:
        """Whether what is shown is another network's than the one that is looked at."""
        return self.result.manifest["model"]["name"] != self.selection.model

    @property
    def card(self) -> "ModelCard":
        """Of the model."""
        return self.catalog.cards[self.selection.model]

    @property
    def here(self) -> bool:
        """Whether the images of the data set are on this machine."""
        return self.selection.data in self.catalog.images

    @cached_property
    def image(self) -> OneImage | None:
        """The image that is looked at; None where it is neither uploaded nor on this machine."""
        return looked_at(self.selection, self.catalog)

    @property
    def attack(self) -> Attack:
        """What is done to the image, as outcomes are remembered by."""
        chosen, epsilon = self.selection, strength(self.selection, self.card)
        return self.card.sha256, chosen.attack, epsilon, chosen.steps, chosen.step_size, chosen.seed

    @property
    def sees_an_image(self) -> bool:
        """Whether there is one to look at; why one cannot be read is said where the page draws it."""
        try:
            return self.image is not None
        except InputError:
            return False

    @cached_property
    def look(self) -> Look:
        """Palette of the theme in use, with larger letters for a projector."""
        palette = DARK if st.context.theme.type == "dark" else LIGHT
        return replace(palette, size=PRESENT_SIZE) if self.presenting else palette

    @property
    def presenting(self) -> bool:
        """Whether the page is for a projector: what is shown can be stepped through, and nothing is set."""
        return self.selection.mode == "present"

    @property
    def controls(self) -> bool:
        """Whether settings are shown."""
        return self.shows("controls") and not self.presenting

    def shows(self, part: str) -> bool:
        """Whether the link leaves a part of the page in."""
        return part not in self.selection.hide


def _all(*_: object) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How a page speaks of its experiment.

    Args:
        name: of the experiment, which is its command and its folder of stored results.
        noun: for one result of a model, as in "No map of", and {image} for the image that is looked at.
        takes: how long one takes, about.
        own_options: the same as `options` where a person's own image is looked at.
        options: what follows the command and the model where a first result is asked for, with {image} again.
        form: draws what can be chosen before one is computed, with the button.
        title: of the form.
        open: whether the page has something to draw while no result is there.
        read: how a folder is read.
        shows: whether a result says something of what is looked at.
        instead: of all stored results, another selection to show where none says something of what is looked at.
        comparable: whether the result of another model may stand beside one.
        sources: what the provenance says beyond what every result's says.
        example: a stored result of another network that is shown instead, where the page has one.
        live: what the provenance says of the image that is computed live; empty where none is.
    """

    name: str
    noun: str
    takes: str
    options: str = "--n 500"
    own_options: str = ""
    form: "Callable[[View], None]"
    title: str = "Compute it with other settings"
    open: bool = False
    read: type[StoredResult] = StoredResult
    shows: Callable[[StoredResult, Selection], bool] = _all
    instead: Callable[[Sequence[StoredResult], Selection], Selection | None] = lambda *_: None
    comparable: Callable[[StoredResult, StoredResult], bool] = _all
    sources: "Callable[[View, StoredResult], Sequence[str]]" = lambda *_: ()
    example: "Callable[[View], StoredResult | None]" = lambda _: None
    live: Callable[[Selection], str] = lambda _: ""
