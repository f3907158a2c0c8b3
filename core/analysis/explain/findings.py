"""Result in plain words, computed from the numbers.

Never "the robust features contain": the split was made with a label, so every sentence says which one it was given.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.analysis.echo import echoes
from core.analysis.empty_set import ADJECTIVES, empty_set
from core.analysis.explain.controls import Controls
from core.analysis.explain.explanation import Explanation
from core.analysis.explain.one_pass import Reading

SATURATED = 0.999  # probability of the given label above which cross-entropy has next to nothing left to say
FEW = 0.05  # share of robust channels below which a saturated network's split is called so

Names = Sequence[str]


def headline(explanation: Explanation, class_names: Names) -> str:
    """The finding on one image: what the attack did, what each side predicts, and why to doubt it where one should."""
    parts = (
        attack_verdict(explanation, class_names),
        sides(explanation, class_names),
        caution(explanation, class_names),
    )
    return " ".join(part for part in parts if part)


def attack_verdict(
    explanation: Explanation, class_names: Names, *, network: str = "the network", attack: str = "The attack"
) -> str:
    """What the whole network says, and whether the attack changed it.

    Args:
        explanation: of the image.
        class_names: in label order.
        network: what the network is called, where more than one stands there.
        attack: what the attack is called where it found nothing.
    """
    before, after = (class_names[k] for k in _before_and_after(explanation, "all"))
    truth = None if explanation.true_label is None else class_names[explanation.true_label]
    if truth is not None and before != truth:
        if not explanation.attacked:
            return f"No attack: {network} says {before}, not {truth}."
        wrong = f"T{network[1:]} is wrong before any attack: it says {before}, not {truth}"
        return (
            f"{wrong}; the attack leaves that as it is." if after == before else f"{wrong}; attacked, it says {after}."
        )
    if not explanation.attacked:
        return f"No attack: {network} says {before}."
    if not explanation.changed:
        return f"{attack} found no change that fools {network}: it still says {before}."
    if after == before:
        return f"The attack does not fool {network}: it still says {before}."
    where = "" if network == "the network" else f"In {network}, t"
    return f"{where or 'T'}he attack turns {before} into {after}."


def sides(explanation: Explanation, class_names: Names) -> str:
    """What each side alone predicts, after the attack where there is one, and which label the split was given."""
    start, robust = given(explanation, class_names), _side_predicts(explanation, "robust", class_names)
    count = _count(explanation.clean, "nonrobust")
    same = _before_and_after(explanation, "robust") == _before_and_after(explanation, "nonrobust")
    if same and count > 1 and all(_counts(explanation, "robust") + _counts(explanation, "nonrobust")):
        return f"{start}, {robust}, and so do the {count} non-robust ones."
    others = _side_predicts(explanation, "nonrobust", class_names).replace("channels alone", "ones")
    return f"{start}, {robust}; {others}."


def given(explanation: Explanation, class_names: Names) -> str:
    """The condition under which every claim about the two sides holds: "Given the true label"."""
    name = class_names[explanation.label]
    kind = explanation.label_kind
    if kind == "true":
        return "Given the true label"
    if kind == "predicted":
        return f"Given the network's own prediction as the label ({name})"
    return f"Given the {'' if explanation.true_label is None else 'wrong '}label {name}"


def caution(explanation: Explanation, class_names: Names) -> str:
    """Why this image's split says little, where it does; else nothing."""
    confidence = float(explanation.clean.logits.all.softmax(dim=1)[0, explanation.label])
    share = float(explanation.clean.split.robust.float().mean())
    if confidence < SATURATED or share >= FEW:
        return ""
    return (
        f"The network is saturated on this image ({class_names[explanation.label]} at {confidence:.2%}): "
        "the KL term alone decides, and the split says little."
    )


def echoed(every_label: Reading) -> NDArray[np.bool_]:
    """For each class as the label, whether its robust channels alone predict just that class, (k,) bool.

    A label that leaves no robust channel is not echoed, whatever the empty side predicts.
    """
    predictions = every_label.logits.robust.argmax(dim=1)
    return echoes(predictions.cpu(), range(len(predictions)), every_label.split.robust.sum(dim=1).cpu())


def label_echo(every_label: Reading, class_names: Names, label: int) -> str:
    """How many labels the robust channels merely repeat, and what that means for the claim made with `label`."""
    found = echoed(every_label)
    total, count = len(found), int(found.sum())
    others = count - int(found[label])
    if not others:
        return (
            f"No other label is repeated by its own robust channels: {count} of {total} here. "
            "The split rests on more than the label."
        )
    if 2 * others < total - 1:
        return (
            f"Given another label, some robust channels repeat it: {count} of {total} here. "
            "The label explains part of what they say."
        )
    which = "any" if count == total else "almost any"
    so = f"Their “{class_names[label]}”" if found[label] else "What they say"
    return (
        f"Given {which} label, the robust channels repeat it: {count} of {total} here. "
        f"{so} tells more of the label than of the image."
    )


def control_findings(controls: Controls, class_names: Names) -> tuple[str, str]:
    """What a random mask of the same size, and the same procedure on a random network, say of the image."""
    mask, network = controls.random_mask, controls.random_network
    size = int(mask.clean.split.robust.sum())
    drawn = "No channel is robust, so a random mask of the same size is empty as well."
    if size:
        drawn = f"{size} channels drawn at random" if size > 1 else "One channel drawn at random"
        drawn += f" predict{'' if size > 1 else 's'} {_ends(mask, class_names)}."
    untrained = f"With random weights and the label {class_names[network.label]}, "
    if network.clean.split.robust.any():
        return drawn, untrained + f"the robust channels alone predict {_ends(network, class_names)}."
    return drawn, untrained + f"{empty_set()}."


def _ends(control: Explanation, class_names: Names) -> str:
    """What the robust channels of the clean image predict, and what those of the attacked one."""
    before, after = (class_names[k] for k in _before_and_after(control, "robust"))
    if not _count(control.adversarial, "robust"):
        return f"{before}; attacked, {empty_set()}"
    return before if before == after else f"{before}, but {after} after the attack"


def _before_and_after(explanation: Explanation, which: str) -> tuple[int, int]:
    clean, adversarial = (getattr(side.logits, which) for side in (explanation.clean, explanation.adversarial))
    return int(clean.argmax()), int(adversarial.argmax())


def _side_predicts(explanation: Explanation, which: str, class_names: Names) -> str:
    first, last = (class_names[k] for k in _before_and_after(explanation, which))
    before, after = _counts(explanation, which)
    if not before and not after:
        return empty_set(which)
    if not before or not after:
        clean = f"{_channels(which, before)} {first}" if before else empty_set(which)
        return f"{clean}; attacked, " + (f"{_channels(which, after)} {last}" if after else empty_set(which))
    if not explanation.attacked:
        return f"{_channels(which, before)} {first}"
    return f"{_channels(which, before, after, 'still ' if first == last else 'now ')} {last}"


def _channels(which: str, before: int, after: int | None = None, when: str = "") -> str:
    """A claim's start: "the 3 (attacked: 2) robust channels alone still predict"; without `after`, of one image."""
    after = before if after is None else after
    one = before == after == 1
    size = "one" if one else f"{before}" if before == after else f"{before} (attacked: {after})"
    return f"the {size} {ADJECTIVES[which]} channel{'' if one else 's'} alone {when}predict{'s' if one else ''}"


def _counts(explanation: Explanation, which: str) -> tuple[int, int]:
    return _count(explanation.clean, which), _count(explanation.adversarial, which)


def _count(side: Reading, which: str) -> int:
    robust = int(side.split.robust.sum())
    return robust if which == "robust" else side.split.robust.shape[1] - robust
