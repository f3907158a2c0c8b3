"""Whether an attack fools a network on each test image: as its stored survey says, and as was seen in this session."""

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Literal

import streamlit as st

from core.analysis.results import StoredResult
from dashboard.answers import stored_results

if TYPE_CHECKING:
    from core.models import ModelCard
    from dashboard.answers.image import OneImage
    from dashboard.answers.one_image import Answer

# The network's hash; the attack's name, radius, steps and step size; the seed.
Attack = tuple[str, str, float, int, float | None, int]
Outcome = Literal["fooled", "held", "wrong"]
_SEEN = "outcomes"  # in the session: by model and attack, outcomes by image


def outcome(label: int, before: int, after: int) -> Outcome:
    """What an attack did to a prediction; one that is wrong before it counts as neither fooled nor held."""
    if before != label:
        return "wrong"
    return "held" if after == label else "fooled"


def survey(card: "ModelCard") -> StoredResult | None:
    """The stored survey of these very weights, where there is one."""
    return stored_results.stored_result("start", card.name, card.sha256)


def surveyed(result: StoredResult) -> dict[int, Outcome]:
    """Outcomes by image, under the survey's own attack."""
    columns = result.table("images")[["index", "label", "clean_all", "attacked_all"]]
    return {index: outcome(label, before, after) for index, label, before, after in columns.values.tolist()}


def seen(attack: Attack) -> Mapping[int, Outcome]:
    """Outcomes by image, as this session saw them under an attack."""
    return _seen(attack)


def see(attack: Attack, image: "OneImage", answer: "Answer") -> None:
    """Remember what an attack did to a test image that was looked at; where there was none, nothing."""
    label = answer.explanation.true_label
    if answer.explanation.attacked and label is not None and image.index is not None:
        _seen(attack)[image.index] = outcome(label, answer.said("clean", "all"), answer.said("adversarial", "all"))


def _seen(attack: Attack) -> MutableMapping[int, Outcome]:
    every: dict[Attack, dict[int, Outcome]] = st.session_state.setdefault(_SEEN, {})
    return every.setdefault(attack, {})
