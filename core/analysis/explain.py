"""One image, end to end: attack it, distill it, read the prediction from each side before and after."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from core.attacks import Attack
from core.distillation import Bottleneck, Distilled, ReadOut, read_out
from core.seeding import generator
from core.types import Classifier, Images

SplitOf = Literal["clean", "own"]


@dataclass(frozen=True)
class Explanation:
    """What one image's two sides say, clean and attacked.

    Args:
        x: the clean image, (1, c, h, w).
        x_adv: the attacked image; `x` itself where there is no attack.
        label: the class that the distiller was given.
        clean: split and logits of the clean image.
        adversarial: split and logits of the attacked image.
    """

    x: Images
    x_adv: Images
    label: int
    clean: "Side"
    adversarial: "Side"


@dataclass(frozen=True)
class Side:
    """One image's split and what the network says from all, robust and non-robust channels."""

    split: Distilled
    logits: ReadOut


def explain(
    model: Classifier,
    x: Images,
    true_label: int,
    *,
    attack: Attack | None,
    bottleneck: Bottleneck,
    label: int | None = None,
    split_of: SplitOf = "clean",
    seed: int = 0,
) -> Explanation:
    """Attack one image, distill its channels and read both images through the split.

    Args:
        x: the image, (1, c, h, w).
        true_label: the class that the attack moves away from.
        attack: None leaves the image as it is.
        bottleneck: the distiller.
        label: the class given to the distiller; None is the true label.
        split_of: whose channels are split: "clean" reads the attacked image through the clean image's split (Table 1 of
            the paper); "own" distills the attacked image again (Table 2, Fig. 3).
        seed: of the attack's start and of the distiller's noise.
    """
    label = true_label if label is None else label
    x_adv = x if attack is None else attacked(model, x, true_label, attack, seed)
    given = torch.tensor([label], device=x.device)
    split = bottleneck(model, x, given, seed=seed)
    z_adv = features(model, x_adv, bottleneck.cut)
    split_adv = bottleneck.of_features(model, z_adv, given, seed=seed) if split_of == "own" else split
    return Explanation(
        x=x,
        x_adv=x_adv,
        label=label,
        clean=Side(split, read_out(model, split.features, split.robust, bottleneck.cut)),
        adversarial=Side(split_adv, read_out(model, z_adv, split_adv.robust, bottleneck.cut)),
    )


def attacked(model: Classifier, x: Images, label: int, attack: Attack, seed: int) -> Images:
    """The image after the attack, (1, c, h, w); the start depends on the seed alone."""
    return attack(model, x, torch.tensor([label], device=x.device), generator=generator(seed, "attack"))


@torch.no_grad()
def features(model: Classifier, x: Images, cut: str | None = None) -> Tensor:
    """Z at the cut without a graph, (n, c, h, w)."""
    return model.features(x, cut)


def split_under_every_label(
    model: Classifier, x: Images, num_classes: int, bottleneck: Bottleneck, seed: int = 0
) -> Side:
    """One image (1, c, h, w) distilled once with each class as its label: row j of the result was given label j."""
    z = features(model, x, bottleneck.cut).expand(num_classes, -1, -1, -1)
    split = bottleneck.of_features(model, z, torch.arange(num_classes, device=x.device), seed=seed)
    return Side(split, read_out(model, z, split.robust, bottleneck.cut))


def splits_over_seeds(
    model: Classifier, x: Images, label: int, bottleneck: Bottleneck, seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
) -> Tensor:
    """Masks (len(seeds), c) bool of one image under several noise seeds."""
    z, y = features(model, x, bottleneck.cut), torch.tensor([label], device=x.device)
    return torch.cat([bottleneck.of_features(model, z, y, seed=seed).robust for seed in seeds])
