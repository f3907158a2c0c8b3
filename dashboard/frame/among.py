"""Which test images are stepped through: all, or those that are fooled, not fooled, or wrong before any attack."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import streamlit as st

from dashboard.answers import outcomes
from dashboard.answers.outcomes import Outcome
from dashboard.frame.stored import differences, made_with
from dashboard.frame.view import View
from dashboard.selection import session
from dashboard.selection.state import ALL

MARKS = {"fooled": "✗", "held": "✓", "wrong": "?"}
WORDS = {"fooled": "fooled", "held": "not fooled", "wrong": "wrong before"}


@dataclass(frozen=True)
class Sequel:
    """The test images in the order in which they are stepped through.

    Args:
        images: their indices, ascending.
        here: the one that is looked at, which need not be among them.
        outcomes: what is known of the attack on each, by image; empty where nothing is.
        attack: under which attack they were found but those `seen`, where it is not that of the settings; else empty.
        seen: images whose outcome was seen here, under the attack of the settings.
        count: test images in all.
    """

    images: Sequence[int]
    here: int
    outcomes: Mapping[int, Outcome]
    attack: str
    seen: Collection[int]
    count: int

    @property
    def before(self) -> int:
        """The image before the one that is looked at; before the first comes the last."""
        return self.images[bisect_left(self.images, self.here) - 1]

    @property
    def after(self) -> int:
        """The image after it; after the last comes the first."""
        return self.images[bisect_right(self.images, self.here) % len(self.images)]

    @cached_property
    def counts(self) -> Counter[str]:
        """How many images are known to be of each kind."""
        return Counter(self.outcomes.values())

    @property
    def judged(self) -> str:
        """Of how many images a count is, where that is not all: " of the first 500"."""
        known = len(self.outcomes)
        if known >= self.count:
            return ""
        return f" of the first {known}" if max(self.outcomes, default=0) < known else f" of {known} known"

    def of(self, kind: str) -> Sequence[int]:
        """All of a kind; all there are where none is known to be."""
        found = sorted(image for image, one in self.outcomes.items() if one == kind)
        return found or range(self.count)

    def window(self, size: int) -> Sequence[int]:
        """The page of `size` images around the one that is looked at."""
        start = bisect_left(self.images, self.here) // size * size
        return self.images[max(0, min(start, len(self.images) - size)) :][:size]

    def says(self, image: int) -> str:
        """What is known of one image, as a caption goes on: ", fooled"; else nothing."""
        if (known := self.outcomes.get(image)) is None:
            return ""
        return f", {WORDS[known]}" + (f" under {self.attack}" if self.attack and image not in self.seen else "")


def sequel(view: View) -> Sequel:
    """The images of a selection, in order."""
    selection, count = view.selection, view.catalog.images[view.selection.data]
    stored, attack = _stored(view)
    seen = outcomes.seen(view.attack)
    known = {image: one for image, one in (stored | dict(seen)).items() if image < count}
    every = Sequel(range(count), selection.image, known, attack, seen, count)
    return every if selection.among == ALL else replace(every, images=every.of(selection.among))


def _stored(view: View) -> tuple[dict[int, Outcome], str]:
    """Outcomes of the model's survey, and under which attack where that is another one."""
    if (result := outcomes.survey(view.card)) is None:
        return {}, ""
    made = made_with(result)
    other = {made["attack"], made["seed"]} & set(differences(view, result))
    return outcomes.surveyed(result), ", ".join(part for part in (made["attack"], made["seed"]) if part in other)


def choose_among(images: Sequel, view: View) -> None:
    """The filter, where something is known, and under which attack; a choice opens the nearest image that it holds."""
    if not images.counts:
        return
    asked = view.selection.among
    kinds = [ALL, *(kind for kind in WORDS if images.counts[kind] or kind == asked)]
    st.session_state["choose_among"] = asked
    st.selectbox(
        "Which images", kinds, format_func=lambda kind: _option(images, kind), key="choose_among", width=260,
        label_visibility="collapsed", on_change=_choose, args=(images,),
    )  # fmt: skip
    if images.attack:
        st.caption(f"{MARKS['fooled']} {MARKS['held']} under {images.attack}", width="content")


def _option(images: Sequel, kind: str) -> str:
    if kind == ALL:
        return f"All {images.count} images"
    return f"{MARKS[kind]} {WORDS[kind]}: {images.counts[kind]}{images.judged}"


def _choose(images: Sequel) -> None:
    kind = st.session_state["choose_among"]
    known = range(images.count) if kind == ALL else images.of(kind)
    nearest = known[bisect_left(known, images.here) % len(known)]
    session.choose(among=kind, **({} if nearest == images.here else {"image": nearest}))
