"""The one image that the first screen shows: chosen by a rule that is written beside it, stored with its pictures."""

from collections.abc import Callable, Iterable, Mapping
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
from core.sides import READERS

CANDIDATES = 100  # images that are tried
CLEAR = 0.2  # of probability: a lead that nobody takes for a tie
Pictures = Mapping[str, NDArray[np.generic]]  # "clean", "adversarial", "difference": the bytes of a PNG
SIDE = 256  # pixels that a stored picture is enlarged to
FITS = (
    "on which all channels and either side alone predict the true label and, attacked, the robust channels alone still "
    "do while all channels and the non-robust ones do not"
)
RULE = f"the first test image {FITS}, robust channels and network each with a lead of {CLEAR:g} or more"
CLOSEST = f"the test image with the largest lead of those {FITS}; none has a lead of {CLEAR:g}"
NO_SUCH = f"the first test image, because there is none among the first {{n}} {FITS}"


def opening(
    subject: Subject, images: pd.DataFrame, attack: Attack, bottleneck: Bottleneck, seed: int
) -> tuple[dict[str, Any] | None, Pictures]:
    """The record of the image that the first screen shows, with `rule`, how it was chosen; and its pictures.

    Args:
        subject: model and data of the survey.
        images: the survey's table; it knows which images may fit.
        attack, bottleneck, seed: of the survey.
    Returns:
        None and nothing where the images of the data set must not be stored.
    """
    data = subject.data
    if data.name not in DATASETS or not DATASETS[data.name].info.embedded:
        return None, {}
    told = _told(subject, attack, bottleneck, seed)
    chosen = clearest(map(told, promising(images)))
    index, explanation = told(0) if chosen is None else chosen
    checks = controls(subject.model, subject.twin, explanation, bottleneck, seed=seed)
    conditions = Conditions(
        card=subject.card, image=index, attack=attack, bottleneck=bottleneck, seed=seed, split_of="clean"
    )
    clean, attacked = (x[0].cpu().numpy() for x in (explanation.x, explanation.x_adv))
    magnified, factor = difference(clean, attacked)
    rule = NO_SUCH.format(n=len(images)) if chosen is None else RULE if lead(explanation) >= CLEAR else CLOSEST
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


def clearest(told: Iterable[tuple[int, Explanation]]) -> tuple[int, Explanation] | None:
    """The first that tells with a clear lead, else the one of the largest lead; None where none tells."""
    fitting = []
    for index, explanation in told:
        if tells(explanation):
            if lead(explanation) >= CLEAR:
                return index, explanation
            fitting.append((index, explanation))
    return max(fitting, key=lambda one: lead(one[1]), default=None)


def lead(explanation: Explanation) -> float:
    """By how much, attacked, what is said leads: by the robust channels alone or by all, whichever is less."""
    said = explanation.adversarial.logits
    best = (logits[0].softmax(dim=0).topk(2).values for logits in (said.all, said.robust))
    return min(float(first - second) for first, second in best)


def promising(images: pd.DataFrame) -> list[int]:
    """Images that told in the batch; it is asked again of each alone."""
    holds = images["attacked_robust"] == images["label"]
    for reader in READERS:
        holds &= images[f"clean_{reader}"] == images["label"]
    for fooled in ("all", "nonrobust"):
        holds &= images[f"attacked_{fooled}"] != images["label"]
    return images.loc[holds, "index"].head(CANDIDATES).tolist()


def tells(explanation: Explanation) -> bool:
    """Whether an explanation with the true label fits, however small the lead."""
    truth, clean, attacked = explanation.true_label, explanation.clean.logits, explanation.adversarial.logits
    right = (clean.all, clean.robust, clean.nonrobust, attacked.robust)
    return (
        bool(explanation.adversarial.split.robust.any())  # the bias of an empty side predicts nothing
        and all(int(logits.argmax()) == truth for logits in right)
        and all(int(logits.argmax()) != truth for logits in (attacked.all, attacked.nonrobust))
    )
