"""An explanation as plain data: what `explain --json` prints, the dashboard exports and the report draws."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from core import citation, store
from core.analysis.explain.controls import Controls
from core.analysis.explain.explanation import Explanation
from core.analysis.explain.findings import (
    attack_verdict,
    caution,
    control_findings,
    echoed,
    headline,
    label_echo,
    sides,
)
from core.analysis.explain.one_pass import Reading, SplitOf
from core.attacks import ATTACKS, Attack, epsilon_of
from core.attacks.outcome import record as attack_record
from core.config import to_dict
from core.distillation import Bottleneck, ReadOut
from core.models import ModelCard
from core.types import Images


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """Everything that the numbers of one explanation depend on.

    Args:
        card: of the model.
        image: its index in the test set, or the file name of a person's own image.
        attack: None where there was none.
        bottleneck: the distiller.
        seed: of the attack's start and the distiller's noise.
        split_of: whose channels were split for the attacked image.
        batch_size: images that shared the threshold.
    """

    card: ModelCard
    image: int | str
    attack: Attack | None
    bottleneck: Bottleneck
    seed: int
    split_of: SplitOf
    batch_size: int = 1


def record(explanation: Explanation, controls: Controls, conditions: Conditions) -> dict[str, Any]:
    """Plain JSON data, equal for equal input: there is no date in it.

    Probabilities, noise and variances are lists in the order of `class_names` and of the channels. The split at the top
    is the clean image's; `adversarial_split` is there only if the attacked image was distilled again.
    """
    names = conditions.card.class_names
    own = explanation.adversarial.split is not explanation.clean.split
    truth = explanation.true_label
    return {
        "model": conditions.card.name,
        "image": conditions.image,
        "true_label": None if truth is None else names[truth],
        "label_used": names[explanation.label],
        "label_kind": explanation.label_kind,
        "attack": "none" if conditions.attack is None else ATTACKS.name_of(conditions.attack),
        "epsilon": 0.0 if conditions.attack is None else epsilon_of(conditions.attack),
        "beta": conditions.bottleneck.beta,
        "seed": conditions.seed,
        "class_names": list(names),
        "headline": headline(explanation, names),
        "findings": {
            "verdict": attack_verdict(explanation, names),
            "sides": sides(explanation, names),
            "caution": caution(explanation, names),
        },
        "predictions": _predictions(explanation, names),
        **_split(explanation.clean),
        "adversarial_split": _split(explanation.adversarial) if own else None,
        "controls": _controls(controls, names, explanation.label),
        "provenance": _provenance(explanation, conditions),
        "citation": {"paper": citation.PAPER, "software": citation.SOFTWARE},
    }


def _predictions(explanation: Explanation, names: tuple[str, ...]) -> dict[str, Any]:
    def read(logits: ReadOut) -> dict[str, Any]:
        return {which: _prediction(getattr(logits, which), names) for which in ("all", "robust", "nonrobust")}

    return {"clean": read(explanation.clean.logits), "adversarial": read(explanation.adversarial.logits)}


def _prediction(logits: Tensor, names: tuple[str, ...]) -> dict[str, Any]:
    label = int(logits[0].argmax())
    return {"predicted": names[label], "predicted_index": label, "probabilities": _numbers(logits[0].softmax(dim=0))}


def _split(side: Reading) -> dict[str, Any]:
    split = side.split
    return {
        "counts": _counts(side),
        "tolerance": _numbers(split.tolerance)[0],
        "noise_variance": _numbers(split.noise_variance[0]),
        "feature_variance": _numbers(split.feature_variance[0]),
        "robust": split.robust[0].tolist(),
    }


def _counts(side: Reading) -> dict[str, int]:
    robust = int(side.split.robust[0].sum())
    return {"robust": robust, "nonrobust": side.split.robust.shape[1] - robust}


def _controls(controls: Controls, names: tuple[str, ...], label: int) -> dict[str, Any]:
    said = controls.every_label.logits.robust.argmax(dim=1).tolist()
    repeated = echoed(controls.every_label).tolist()
    counts = controls.every_label.split.robust.sum(dim=1).tolist()
    mask_finding, network_finding = control_findings(controls, names)
    return {
        "every_label": {
            "finding": label_echo(controls.every_label, names, label),
            "echoed": sum(repeated),
            "labels": [
                {"label": name, "robust_predicts": names[said[k]], "robust": counts[k], "echoed": repeated[k]}
                for k, name in enumerate(names)
            ],
        },
        "random_mask": {"finding": mask_finding, "predictions": _predictions(controls.random_mask, names)},
        "random_network": {
            "finding": network_finding,
            "counts": _counts(controls.random_network.clean),
            "predictions": _predictions(controls.random_network, names),
        },
    }


def _provenance(explanation: Explanation, conditions: Conditions) -> dict[str, Any]:
    card = conditions.card
    own_image = isinstance(conditions.image, str)
    return {
        "model": {"name": card.name, "network": card.network, "width": card.width, "sha256": card.sha256},
        "data": "own image" if own_image else {"name": card.data, "split": "test"},
        "image_sha256": _pixel_hash(explanation.x),
        "cut": conditions.bottleneck.cut or card.cut,
        "split_of": conditions.split_of,
        "label": f"{explanation.label_kind}: {card.class_names[explanation.label]}",
        "attack": None if conditions.attack is None else attack_record(conditions.attack),
        "bottleneck": to_dict(conditions.bottleneck),
        "tolerance_over": f"{conditions.batch_size} image" + ("" if conditions.batch_size == 1 else "s"),
        "seed": conditions.seed,
        "versions": store.versions(),
    }


def _pixel_hash(x: Images) -> str:
    return hashlib.sha256(np.ascontiguousarray(x.cpu().numpy()).tobytes()).hexdigest()


def _numbers(values: Tensor) -> list[float]:
    """Single-precision values with the seven digits that they have."""
    return [float(f"{value:.7g}") for value in values.double().tolist()]
