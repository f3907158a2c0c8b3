"""What is computed when someone looks: one question in, one answer out. Imports torch when used, not when imported."""

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dashboard.answers.question import Answer, Question, Subject, attack, bottleneck

if TYPE_CHECKING:
    import pandas as pd
    from torch import Tensor

    from core.analysis.attacks.steps import Trace
    from core.analysis.bottleneck.experiment import ImageSweep
    from core.analysis.channels.surgery import Flip
    from core.analysis.explain.controls import Controls
    from core.datasets import Dataset
    from core.models import ModelCard, Staged


def attacked(model: "Staged", asked: Question, subject: Subject) -> "Tensor":
    """The attacked image, (1, c, h, w); the image itself where there is no attack."""
    from core.analysis.explain.explanation import attacked as run
    from core.analysis.explain.explanation import predicted

    if (chosen := attack(asked)) is None:
        return subject.x
    start = predicted(model, subject.x) if subject.true_label is None else subject.true_label
    return run(model, subject.x, start, chosen, asked.seed)


def originals(
    model: "Staged", data: "Dataset", image: int, attack: dict[str, Any] | None, seed: int
) -> dict[str, NDArray[np.float32]]:
    """A test image "clean" and, after an attack as stored in a config, "attacked", each (3, h, w)."""
    from core.analysis.explain.explanation import attacked as run
    from core.attacks import ATTACKS
    from core.config import from_dict

    x, found = data.images[image : image + 1], {"clean": data.images[image].numpy()}
    if attack is not None:
        entry = next(entry for entry in ATTACKS.values() if entry.__name__ == attack["kind"])
        found["attacked"] = run(model, x, int(data.labels[image]), from_dict(entry, attack), seed)[0].numpy()
    return found


def answer(model: "Staged", asked: Question, subject: Subject, x_adv: "Tensor", batch: "Tensor | None") -> Answer:
    """Distill the image and read both images through the split; `seconds` does not count the attack."""
    from core.analysis.explain.explanation import Explanation, features, two_sides

    begun = perf_counter()
    label = label_given(model, asked, subject)
    sides = two_sides(
        model, subject.x, x_adv, label,
        bottleneck=bottleneck(asked), split_of=asked.split_of, seed=asked.seed, batch=batch,  # type: ignore[arg-type]
    )  # fmt: skip
    explanation = Explanation(subject.x, x_adv, label, *sides, true_label=subject.true_label)
    return Answer(explanation, features(model, x_adv, asked.cut or None), perf_counter() - begun)


def label_given(model: "Staged", asked: Question, subject: Subject) -> int:
    """The class that the distiller is given: the true one where it is asked for and known."""
    from core.analysis.explain.explanation import predicted

    if asked.label == "true" and subject.true_label is not None:
        return subject.true_label
    return predicted(model, subject.x) if asked.label in ("true", "predicted") else int(asked.label)


def moved(model: "Staged", given: Answer, channels: Sequence[int], cut: str) -> Answer:
    """The same image with some channels on the other side, read again; nothing is distilled."""
    from core.analysis.explain.explanation import Side
    from core.distillation import read_out

    if not channels:
        return given

    def side(old: Side, z: "Tensor") -> Side:
        robust = old.split.robust.clone()
        robust[:, list(channels)] ^= True
        return Side(replace(old.split, robust=robust), read_out(model, z, robust, cut or None))

    old = given.explanation
    clean, adversarial = side(old.clean, old.clean.split.features), side(old.adversarial, given.z_adv)
    return replace(given, explanation=replace(old, clean=clean, adversarial=adversarial))


def controls(model: "Staged", card: "ModelCard", asked: Question, given: Answer, batch: "Tensor | None") -> "Controls":
    """Every label, a random mask and a random network, for one answer."""
    from core.analysis.explain.controls import controls as run
    from core.models import random_twin

    return run(
        model, random_twin(card), given.explanation, bottleneck(asked),
        split_of=asked.split_of, seed=asked.seed, batch=batch,  # type: ignore[arg-type]
    )  # fmt: skip


def random_masks(model: "Staged", every_label: Any, asked: Question) -> NDArray[np.floating]:
    """What as many random channels say as each label's split has robust ones, (k labels, k classes)."""
    from core.analysis.explain.controls import random_mask
    from core.distillation import read_out
    from core.seeding import generator

    split = every_label.split
    mask = random_mask(split.robust, generator(asked.seed, "random mask"))
    return read_out(model, split.features, mask, asked.cut or None).robust.softmax(dim=1).numpy()


def over_seeds(model: "Staged", asked: Question, subject: Subject, label: int) -> NDArray[np.bool_]:
    """Masks of the clean image under five seeds, (5, c)."""
    from core.analysis.explain.explanation import splits_over_seeds

    return splits_over_seeds(model, subject.x, label, replace(bottleneck(asked), tolerance="image")).numpy()


def along_beta(
    model: "Staged", asked: Question, subject: Subject, x_adv: "Tensor", betas: tuple[float, ...]
) -> "ImageSweep":
    """The image distilled at every beta, both images read through its splits."""
    from core.analysis.bottleneck.experiment import sweep_image

    label = label_given(model, asked, subject)
    distiller = replace(bottleneck(asked), tolerance="image")
    return sweep_image(model, subject.x, x_adv, label, distiller, betas, asked.seed)


def attack_steps(model: "Staged", asked: Question, given: Answer) -> "Trace":
    """The image on its way through the attack of ten steps, read through the clean image's split."""
    from core.analysis.attacks.steps import trace
    from core.attacks import PGD, ThreatModel
    from core.seeding import generator

    explanation = given.explanation
    attack = PGD(threat=ThreatModel(epsilon=asked.epsilon))
    label = explanation.label if explanation.true_label is None else explanation.true_label
    robust, start = explanation.clean.split.robust, generator(asked.seed, "attack")
    return trace(model, attack, explanation.x, label, robust, generator=start, cut=asked.cut or None)


def steps_table(found: "Trace", class_names: tuple[str, ...]) -> "pd.DataFrame":
    """Probability of every class, a row a step and side; step -1 is the clean image, 0 the start."""
    import pandas as pd

    parts = [
        pd.DataFrame(values, columns=list(class_names)).assign(side=side, step=range(-1, len(values) - 1))
        for side, values in found.probabilities.items()
    ]
    return pd.concat(parts).set_index(["step", "side"])


def smallest_flip(model: "Staged", asked: Question, subject: Subject) -> "Flip | None":
    """The fewest channels without which the network says another class of the image."""
    from core.analysis.channels.surgery import smallest_flip as run
    from core.analysis.explain.explanation import features

    return run(model, features(model, subject.x, asked.cut or None), asked.cut or None)


def class_weights(model: "Staged", cut: str) -> NDArray[np.floating] | None:
    """Weight of every channel for every class, (k, c), where a linear layer reads pooled channels; else None."""
    tail = model.tail(cut or None)
    linear = getattr(tail[-1], "linear", None)
    return linear.weight.detach().float().numpy() if len(tail) == 1 and linear is not None else None
