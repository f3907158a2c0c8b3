"""One network on the first screen: its name, the image before and after the attack, and what it predicts."""

import streamlit as st

from core.analysis.empty_set import spoken
from core.look import Look, percent
from core.models import ModelCard
from core.sides import WORDS
from dashboard.answers.one_image import Answer
from dashboard.frame import choose
from dashboard.screens.explain.pictures import GAP, triptych
from dashboard.screens.explain.scene import Answered, Scene
from dashboard.shared import bars
from dashboard.shared.sides import When
from dashboard.shared.words import network_name, plain

IMAGES: dict[When, str] = {"clean": "clean image", "adversarial": "attacked image"}


def network(scene: Scene, answered: Answered, key: str, side: int, wide: bool) -> None:
    """Name, pictures and predictions of one model; the attack was made against that model.

    Args:
        scene: of the page.
        answered: by the model.
        key: of the containers.
        side: width of a picture in pixels, at most.
        wide: whether the predictions have room beside the pictures.
    """
    with st.container(key=f"network_{key}", gap="xsmall"):
        _name(scene, answered, key)
        with st.container(key=f"seen_{key}", horizontal=wide, gap="medium" if wide else "xsmall"):
            st.html(triptych(answered, scene.class_names, side, scene.view.look), width=3 * side + 2 * GAP)
            with st.container(key=f"predictions_{key}"):
                st.html(predictions(scene, answered.answer))


def predictions(scene: Scene, answer: Answer) -> str:
    """The HTML of what all, the robust and the non-robust channels predict, before and after the attack."""
    names, true, look = scene.class_names, answer.explanation.true_label, scene.view.look
    return bars.prediction_bars(groups(answer, look), names, true, look, takeaway(answer, names), compact=True)


def groups(answer: Answer, look: Look) -> list[bars.Group]:
    """All, the robust and the non-robust channels."""
    said: list[dict[str, bars.Probabilities]] = []
    sizes: list[dict[str, int]] = []
    for when in whens(answer):
        said.append({side: answer.probabilities(when, side) for side in WORDS})
        sizes.append({side: answer.channels(when, side) for side in WORDS})
    return bars.side_groups(said, sizes, look, brief=True)


def takeaway(answer: Answer, names: tuple[str, ...]) -> str:
    """What each side predicts, for who cannot see it."""
    return " ".join(
        f"Predictions on the {IMAGES[when]}: "
        + ", ".join(
            f"{words} {spoken(names[answer.said(when, side)], answer.channels(when, side))}"
            for side, words in WORDS.items()
        )
        + "."
        for when in whens(answer)
    )


def whens(answer: Answer) -> list[When]:
    """The images that there are."""
    return ["clean", "adversarial"] if answer.explanation.attacked else ["clean"]


def _name(scene: Scene, answered: Answered, key: str) -> None:
    """The name, and behind a button what was measured of the network and every number of the picture below.

    A presentation has the way to another image there instead.
    """
    view, card = scene.view, answered.card
    with st.container(key=f"name_{key}", horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.markdown(f"**{plain(network_name(card))}**", width="content")
        if view.presenting:
            if key == "main" and view.here:
                choose.steps(view)
            return
        with st.popover("Numbers", key=f"numbers_{key}", icon=":material/info:", type="tertiary", help="Numbers"):
            st.markdown("  \n".join(plain(line) for line in [card.name, *measured(card)]))
            table = bars.prediction_table(groups(answered.answer, view.look), scene.class_names)
            st.dataframe(table, key=f"table_{key}")


def measured(card: ModelCard) -> list[str]:
    """The accuracy of a model with n and interval, clean and attacked, a line each."""
    return [
        f"{word} accuracy {percent(one.value)} [{percent(one.low)}, {percent(one.high)}], n = {one.n}"
        for word, one in (("clean", card.clean_accuracy), (_attack(card), card.robust_accuracy))
        if one is not None
    ]


def _attack(card: ModelCard) -> str:
    """The name of the attack that the card's robust accuracy was measured under."""
    taken = card.robust_accuracy
    name = taken.attack.get("name") if taken and taken.attack else None
    return str(name).upper() if name else "attacked"
