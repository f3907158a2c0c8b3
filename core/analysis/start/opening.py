"""The one image that the first screen shows: chosen by a rule that is written beside it, stored with its pictures."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.analysis.experiment import Subject
from core.analysis.explain.controls import controls
from core.analysis.explain.explanation import Explanation, explain
from core.analysis.explain.record import Conditions, record
from core.analysis.pictures import difference, png
from core.attacks import Attack
from core.datasets import DATASETS
from core.distillation import Bottleneck

CANDIDATES = 50  # images that are tried
Pictures = Mapping[str, NDArray[np.generic]]  # "clean", "adversarial", "difference": the bytes of a PNG
SIDE = 256  # pixels that a stored picture is enlarged to
RULE = (
    "the first test image that the network classifies correctly, that the attack turns, and on which, attacked, the "
    "robust channels alone predict the true label and the non-robust ones do not"
)
NO_SUCH = "the first test image, because none of the first {n} satisfies the rule: {rule}"


def opening(
    subject: Subject, images: pd.DataFrame, attack: Attack, bottleneck: Bottleneck, seed: int
) -> tuple[dict[str, Any] | None, Pictures]:
    """The record of the image that the first screen shows, with `rule`, how it was chosen; and its pictures.

    Args:
        subject: model and data of the survey.
        images: the survey's table; it knows which images can satisfy the rule.
        attack, bottleneck, seed: of the survey.
    Returns:
        None and nothing where the images of the data set must not be stored.
    """
    data = subject.data
    if data.name not in DATASETS or not DATASETS[data.name].info.embedded:
        return None, {}
    told = _told(subject, attack, bottleneck, seed)
    chosen = next(filter(lambda one: tells(one[1]), map(told, promising(images))), None)
    index, explanation = told(0) if chosen is None else chosen
    checks = controls(subject.model, subject.twin, explanation, bottleneck, seed=seed)
    conditions = Conditions(
        card=subject.card, image=index, attack=attack, bottleneck=bottleneck, seed=seed, split_of="clean"
    )
    clean, attacked = (x[0].cpu().numpy() for x in (explanation.x, explanation.x_adv))
    magnified, factor = difference(clean, attacked)
    rule = NO_SUCH.format(n=len(images), rule=RULE) if chosen is None else RULE
    pictures = {"clean": clean, "adversarial": attacked, "difference": magnified}
    return (
        {**record(explanation, checks, conditions), "rule": rule, "magnified": factor},
        {name: np.frombuffer(png(pixels, SIDE), np.uint8) for name, pixels in pictures.items()},
    )


def _told(
    subject: Subject, attack: Attack, bottleneck: Bottleneck, seed: int
) -> Callable[[int], tuple[int, Explanation]]:
    """Explains a test image with its true label, by its position."""

    def told(index: int) -> tuple[int, Explanation]:
        x, label = subject.image(index)
        return index, explain(subject.model, x, label, attack=attack, bottleneck=bottleneck, seed=seed, index=index)

    return told


def promising(images: pd.DataFrame) -> list[int]:
    """Images on which RULE held in the batch; it is asked again of each alone."""
    label = images["label"]
    holds = (
        (images["clean_all"] == label)
        & (images["attacked_all"] != label)
        & (images["attacked_robust"] == label)
        & (images["attacked_nonrobust"] != label)
    )
    return images.loc[holds, "index"].head(CANDIDATES).tolist()


def tells(explanation: Explanation) -> bool:
    """Whether an explanation with the true label satisfies RULE."""
    truth, clean, attacked = explanation.true_label, explanation.clean.logits, explanation.adversarial.logits
    return (
        bool(explanation.adversarial.split.robust.any())  # the bias of an empty side predicts nothing
        and int(clean.all.argmax()) == truth
        and int(attacked.all.argmax()) != truth
        and int(attacked.robust.argmax()) == truth
        and int(attacked.nonrobust.argmax()) != truth
    )
