"""Would any label have done? The same image distilled with every label, beside masks that no label chose."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.echo import echoes
from core.analysis.empty_set import spoken
from core.analysis.explain import findings
from core.analysis.explain.figures import label_echo
from core.look import Look
from core.sides import STYLES
from dashboard.answers import one_image
from dashboard.frame.view import View
from dashboard.screens.explain.scene import Scene, scene_of
from dashboard.selection import session
from dashboard.shared import bars
from dashboard.shared.chart import chart
from dashboard.shared.claim import note
from dashboard.shared.table import explained, show_data
from dashboard.shared.words import colored, plain

MOST_ROWS = 12  # labels in the matrix; where a model has more classes, the most probable ones
EXPLORED, PRESENTED = 1.75, 1.2  # height of a row of the matrices, in lines of text
RANDOM = "the same number, drawn at random"


def label_control(view: View) -> None:
    """The split under the true, the predicted and a wrong label; then under every label; then what that shows."""
    scene = scene_of(view)
    controls = one_image.controls(scene.main.asked, scene.image)
    names, given = scene.class_names, scene.main.answer.explanation.label
    st.markdown(plain(findings.label_echo(controls.every_label, names, given), most=1000))
    counts = controls.every_label.split.robust.sum(dim=1).numpy()
    said = _spoken(controls.every_label.logits.robust.softmax(dim=1).numpy(), counts)
    chance = _spoken(one_image.random_masks(scene.main.asked, scene.image), counts)
    if not view.presenting:  # one idea a screen
        _side_by_side(scene, said, counts, chance[given])
    _matrices(scene, said, counts, chance)
    st.markdown("  \n".join(colored(finding) for finding in findings.control_findings(controls, names)))
    with st.container(horizontal=True, gap="small"):
        show_data(pd.DataFrame(said, index=pd.Index(names, name="label given"), columns=list(names)), "labels")
        _formula()


def _spoken(probabilities: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Probabilities (k, classes); NaN where so many channels as `counts` (k,) says are none: nobody speaks."""
    return np.where(counts[:, None] > 0, probabilities, np.nan)


def _side_by_side(scene: Scene, said: np.ndarray, counts: np.ndarray, chance: np.ndarray) -> None:
    answer, names, look = scene.main.answer, scene.class_names, scene.view.look
    true, predicted, wrong = answer.explanation.true_label, answer.said("clean", "all"), wrong_label(scene)
    if scene.view.controls:
        st.selectbox(
            "Wrong label to try", [k for k in range(len(names)) if k not in (true, predicted)] or [wrong],
            format_func=lambda k: names[k], width=260, **session.bound("wrong", wrong),
        )  # fmt: skip
    labels = list(dict.fromkeys(k for k in (true, predicted, wrong) if k is not None))
    groups = [
        bars.Group(
            title=f"{STYLES['robust'].sign} {_kind(k, true, predicted)}: {names[k]}", note=f"{counts[k]} channels",
            color=look.robust, attacked=look.robust, said=(said[k] if counts[k] else None,),
        )
        for k in labels
    ]  # fmt: skip
    groups.append(_drawn(chance, counts[answer.explanation.label], look))
    alt = " ".join(
        f"Given {names[k]}, robust channels alone predict {spoken(names[int(said[k].argmax())], counts[k])}."
        for k in labels
    )
    with st.container(key="labels_side_by_side"):
        st.html(bars.prediction_bars(groups, names, true, look, alt))


def _drawn(chance: np.ndarray, count: int, look: Look) -> bars.Group:
    """As many channels at random as are robust under the label that was given; (k,) is what they predict."""
    title = f"{count} channel{'' if count == 1 else 's'}, drawn at random"
    return bars.Group(title=title, color=look.muted, attacked=look.muted, said=(chance if count else None,))


def _kind(label: int, true: int | None, predicted: int) -> str:
    if label == true:
        return "true" if label != predicted else "true label"
    return "predicted" if label == predicted else "wrong label"


def wrong_label(scene: Scene) -> int:
    """The chosen wrong label; else what the attack made the network say, else the strongest rival class."""
    answer = scene.main.answer
    taken = (answer.explanation.true_label, answer.said("clean", "all"))
    if scene.view.selection.wrong >= 0 and scene.view.selection.wrong not in taken:
        return scene.view.selection.wrong
    order = np.argsort(-answer.probabilities("adversarial", "all"), kind="stable")
    return next((int(k) for k in order if k not in taken), int(order[-1]))


def _matrices(scene: Scene, said: np.ndarray, counts: np.ndarray, chance: np.ndarray) -> None:
    names, true = scene.class_names, scene.main.answer.explanation.true_label
    rows = np.arange(len(names))
    if len(names) > MOST_ROWS:
        rows = np.sort(np.argsort(-scene.main.answer.probabilities("clean", "all"))[:MOST_ROWS])
    place = int(np.flatnonzero(rows == true)[0]) if true in rows else None
    height = PRESENTED if scene.view.presenting else EXPLORED
    matrices = (("every_label", "robust channels", said), ("random_masks", RANDOM, chance))
    for column, (key, title, matrix) in zip(st.columns(2, gap="medium"), matrices, strict=True):
        known = [names[k] for k in rows]
        figure = label_echo.echo(title, matrix[np.ix_(rows, rows)], known, place, scene.view.look, height)
        repeated = int(echoes(matrix.argmax(axis=1), np.arange(len(names)), counts).sum())
        with column:
            chart(figure, key, f"Label given against what the {title}, predict: {repeated} of {len(names)} repeat it.")
    note(
        "Down: the label given. Across: what those channels predict; stronger color is more probable, a circle marks "
        "the most."
    )


def _formula() -> None:
    explained(
        "Why does the label leak?",
        "Noise is added before the ReLU, so more noise means more activation. Cross-entropy with the given label "
        "therefore raises the noise of the channels that vote for that label, and those are called robust. A random "
        "network on random features does the same.",
        r"\mathbb E\,\mathrm{ReLU}(z + \sigma\epsilon)\ \text{grows with}\ \sigma \;\Rightarrow\; "
        r"\sigma_k\ \text{grows where}\ W_{y,k} > \overline{W_{\cdot,k}}",
        "So what the robust channels alone predict is a claim about the image only as far as other labels are not "
        "repeated.",
        "label",
    )
