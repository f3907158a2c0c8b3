"""Would any label have done? The same image distilled with every label, beside masks that no label chose."""

import numpy as np
import pandas as pd
import streamlit as st

from core.analysis.echo import echoes
from core.analysis.empty_set import spoken
from core.analysis.explain import findings
from core.analysis.explain.figures import label_echo, prediction_bars
from dashboard.answers import one_image
from dashboard.frame.view import View
from dashboard.screens.explain.scene import Scene, scene_of
from dashboard.selection import session
from dashboard.shared.chart import chart
from dashboard.shared.table import explained, show_data
from dashboard.shared.words import colored, plain

LEAST_DARK = 0.3  # probability that the darkest color stands for, at least
MOST_ROWS = 12  # labels in the matrix; where a model has more classes, the most probable ones


def label_control(view: View) -> None:
    """The split under the true, the predicted and a wrong label; then under every label; then what that shows."""
    scene = scene_of(view)
    controls = one_image.controls(scene.main.asked, scene.image)
    names, given = scene.class_names, scene.main.answer.explanation.label
    st.markdown(
        "The split is made with a label in hand. Here the same image is split with other labels; below each, what its "
        "robust channels alone then say. Where they repeat whatever was supplied, the claim above says little about "
        "the image."
    )
    counts = controls.every_label.split.robust.sum(dim=1).numpy()
    said = _spoken(controls.every_label.logits.robust.softmax(dim=1).numpy(), counts)
    mask = controls.random_mask.clean
    chance = mask.logits.robust[0].softmax(dim=0).numpy() if mask.split.robust.any() else None
    _side_by_side(scene, said, counts, chance)
    st.info(
        plain(findings.label_echo(controls.every_label, names, given), most=1000), icon=":material/record_voice_over:"
    )
    _matrix(scene, said, counts)
    for finding in findings.control_findings(controls, names):
        st.markdown(colored(finding))
    _formula()


def _spoken(probabilities: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Probabilities (k, classes); NaN where so many channels as `counts` (k,) says are none: nobody speaks."""
    return np.where(counts[:, None] > 0, probabilities, np.nan)


def _side_by_side(scene: Scene, said: np.ndarray, counts: np.ndarray, chance: np.ndarray | None) -> None:
    answer, names, look = scene.main.answer, scene.class_names, scene.view.look
    true, predicted = answer.explanation.true_label, answer.said("clean", "all")
    wrong = wrong_label(scene)
    labels = dict.fromkeys(k for k in (true, predicted, wrong) if k is not None)
    panels = [
        prediction_bars.Panel(
            f"{_kind(k, true, predicted)}: \n{names[k]}, ● {counts[k]}", look.robust, said[k] if counts[k] else None
        )
        for k in labels
    ]
    panels.append(prediction_bars.Panel("as many channels\nat random", look.muted, chance))
    figure = prediction_bars.predictions([("", panels)], names, true, look)
    alt = " ".join(
        f"Given {names[k]}, robust channels alone say {spoken(names[int(said[k].argmax())], counts[k])}."
        for k in labels
    )
    chart(figure, "labels_side_by_side", alt)
    if scene.view.controls:
        st.selectbox(
            "Wrong label to try", [k for k in range(len(names)) if k not in (true, predicted)] or [wrong],
            format_func=lambda k: names[k], width=260, **session.bound("wrong", wrong),
        )  # fmt: skip


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


def _matrix(scene: Scene, said: np.ndarray, counts: np.ndarray) -> None:
    names, true = scene.class_names, scene.main.answer.explanation.true_label
    rows = np.arange(len(names))
    if len(names) > MOST_ROWS:
        rows = np.sort(np.argsort(-scene.main.answer.probabilities("clean", "all"))[:MOST_ROWS])
    chance = _spoken(one_image.random_masks(scene.main.asked, scene.image), counts)
    place = int(np.flatnonzero(rows == true)[0]) if true in rows else None
    known = [names[k] for k in rows]
    darkest = max(LEAST_DARK, *(float(np.nan_to_num(matrix).max()) for matrix in (said, chance)))
    matrices = (("every_label", "robust channels", said), ("random_masks", "as many channels at random", chance))
    for column, (key, title, matrix) in zip(st.columns(2, gap="medium"), matrices, strict=True):
        figure = label_echo.echo(title, matrix[np.ix_(rows, rows)], known, place, scene.view.look, darkest)
        echoed = int(echoes(matrix.argmax(axis=1), np.arange(len(names)), counts).sum())
        alt = f"Label supplied against what the {title} say: {echoed} of {len(names)} on the diagonal."
        with column:
            chart(figure, key, alt)
    st.caption(
        "Down: the label supplied. Across: what those channels say; darker is more probable, a circle marks the most."
    )
    show_data(pd.DataFrame(said, index=pd.Index(names, name="label supplied"), columns=list(names)), "labels")


def _formula() -> None:
    explained(
        "Why does the label leak?",
        "Noise is added before the ReLU, so more noise means more activation. Cross-entropy with the supplied label "
        "therefore raises the noise of the channels that vote for that label, and those are called robust. A random "
        "network on random features does the same.",
        r"\mathbb E\,\mathrm{ReLU}(z + \sigma\epsilon)\ \text{grows with}\ \sigma \;\Rightarrow\; "
        r"\sigma_k\ \text{grows where}\ W_{y,k} > \overline{W_{\cdot,k}}",
        "So a robust-only prediction is a claim about the image only as far as other labels are not echoed.",
        "label",
    )
