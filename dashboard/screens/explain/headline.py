"""The finding in one sentence, computed from the data, and one line on each model."""

import streamlit as st

from core.analysis.explain.findings import attack_verdict, caution, sides
from core.look import percent
from core.models import ModelCard
from dashboard.screens.explain.scene import Answered, Scene
from dashboard.shared.claim import answer
from dashboard.shared.words import colored, plain


def headline(scene: Scene) -> None:
    """What the attack did, what each side says, and why to doubt it where one should."""
    explanation, names = scene.main.answer.explanation, scene.class_names
    with st.container(key="headline", gap="xsmall"):
        answer(f"{plain(attack_verdict(explanation, names))} {colored(sides(explanation, names))}")
        if doubt := caution(explanation, names):
            st.warning(plain(doubt, most=1000), icon=":material/warning:")


def model_line(answered: Answered) -> None:
    """Name, training and measured accuracy of a model, with n and interval."""
    card = answered.card
    trained = {"adv": "adversarially trained", "standard": "standard training"}.get(card.defense, card.defense)
    st.markdown(f"**{plain(card.name)}** :gray[{plain(trained)}]")
    parts = [
        f"{word} {percent(measured.value)} [{percent(measured.low)}, {percent(measured.high)}], n = {measured.n}"
        for word, measured in (("clean", card.clean_accuracy), (_attack(card), card.robust_accuracy))
        if measured is not None
    ]
    robust = int(answered.answer.robust.sum())
    parts.append(f"{robust} of {len(answered.answer.robust)} channels robust for this image")
    st.caption(" · ".join(plain(part) for part in parts))


def _attack(card: ModelCard) -> str:
    """The name of the attack that the card's robust accuracy was measured under."""
    measured = card.robust_accuracy
    name = measured.attack.get("name") if measured and measured.attack else None
    return f"under {str(name).upper()}" if name else "attacked"
