"""What a claim about the robust side must stand beside: every other label, a random mask, a random network."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from core.analysis.explain.explanation import Explanation, Reading, SplitOf, split_under_every_label, two_sides
from core.analysis.split import random_mask
from core.distillation import Bottleneck, read_out
from core.seeding import generator
from core.types import Classifier, Images


@dataclass(frozen=True)
class Controls:
    """The same image without what the claim says matters.

    Args:
        every_label: the clean image distilled once with each class as its label; row j was given label j.
        random_mask: as many channels drawn at random in place of the robust ones, clean and attacked.
        random_network: the whole procedure on the same two images and label, on a network with random weights.
    """

    every_label: Reading
    random_mask: Explanation
    random_network: Explanation


def controls(
    model: Classifier,
    twin: Classifier,
    explanation: Explanation,
    bottleneck: Bottleneck,
    split_of: SplitOf = "clean",
    seed: int = 0,
    batch: Images | None = None,
) -> Controls:
    """The three controls of one explanation; `twin` is the network with random weights, the rest as in `explain`."""
    x, x_adv, label = explanation.x, explanation.x_adv, explanation.label
    classes = explanation.clean.logits.all.shape[1]
    clean, adversarial = two_sides(
        twin, x, x_adv, label, bottleneck=bottleneck, split_of=split_of, seed=seed, batch=batch
    )
    return Controls(
        every_label=split_under_every_label(model, x, classes, bottleneck, seed, batch),
        random_mask=_with_random_masks(model, explanation, bottleneck.cut, seed),
        random_network=replace(explanation, clean=clean, adversarial=adversarial),
    )


def _with_random_masks(model: Classifier, explanation: Explanation, at: str | None, seed: int) -> Explanation:
    def side(given: Reading, z: Tensor) -> Reading:
        mask = random_mask(given.split.robust, generator(seed, "random mask"))
        return Reading(replace(given.split, robust=mask), read_out(model, z, mask, at))

    z = explanation.clean.split.features
    with torch.no_grad():
        z_adv = model.features(explanation.x_adv, at)
    return replace(explanation, clean=side(explanation.clean, z), adversarial=side(explanation.adversarial, z_adv))
