"""What the network says from all channels, from the robust ones and from the non-robust ones, before and after."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.analysis.empty_set import spoken
from core.analysis.explain.figures import prediction_bars
from core.look import Look
from core.sides import WORDS
from dashboard.answers.one_image import Answer
from dashboard.screens.explain.scene import Answered, Scene
from dashboard.shared.chart import chart
from dashboard.shared.sides import When

IMAGES: dict[When, str] = {"clean": "clean image", "adversarial": "attacked image"}


def predictions(scene: Scene, answered: Answered, key: str, answer: Answer | None = None) -> None:
    """The chart of one model; `answer` replaces the model's own where channels were moved by hand."""
    answer = answer or answered.answer
    whens: list[When] = ["clean", "adversarial"] if answer.explanation.attacked else ["clean"]
    rows = [(f"{IMAGES[when]}, read from", _panels(answer, when, scene.view.look)) for when in whens]
    figure = prediction_bars.predictions(rows, scene.class_names, answer.explanation.true_label, scene.view.look)
    alt = " ".join(_takeaway(answer, when, scene.class_names) for when in whens)
    chart(figure, f"predictions_{key}", alt, _table(answer, whens, scene.class_names))


def _panels(answer: Answer, when: When, look: Look) -> list[prediction_bars.Panel]:
    said: dict[str, NDArray[np.floating]] = {which: answer.probabilities(when, which) for which in WORDS}
    sizes: dict[str, int] = {which: answer.channels(when, which) for which in WORDS}
    return prediction_bars.side_panels(when, said, sizes, look)


def _takeaway(answer: Answer, when: When, names: tuple[str, ...]) -> str:
    says = ", ".join(
        f"{words} {spoken(names[answer.said(when, which)], answer.channels(when, which))}"
        for which, words in WORDS.items()
    )
    return f"Predictions on the {IMAGES[when]}: {says}."


def _table(answer: Answer, whens: list[When], names: tuple[str, ...]) -> pd.DataFrame:
    columns = {
        f"{IMAGES[when]}, {words}": answer.probabilities(when, which) if answer.channels(when, which) else np.nan
        for when in whens
        for which, words in WORDS.items()
    }
    return pd.DataFrame(columns, index=pd.Index(names, name="class"))
