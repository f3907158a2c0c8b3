"""One image, end to end: attack it, distill it, read the prediction from each side before and after."""

from dataclasses import dataclass
from typing import Literal

import torch

from core.analysis.explain.one_pass import Case, Pair, Reading, SplitOf, learn, shared_tolerance
from core.attacks import Attack, attack_draws
from core.distillation import Bottleneck
from core.types import Classifier, Images

LabelKind = Literal["true", "predicted", "given"]


@dataclass(frozen=True)
class Explanation:
    """What one image's two sides say, clean and attacked.

    Args:
        x: the clean image, (1, c, h, w).
        x_adv: the attacked image; `x` itself where there is no attack.
        label: the class that the distiller was given.
        clean: split and logits of the clean image.
        adversarial: split and logits of the attacked image.
        true_label: None where nobody knows it, as for a person's own image.
    """

    x: Images
    x_adv: Images
    label: int
    clean: Reading
    adversarial: Reading
    true_label: int | None = None

    @property
    def attacked(self) -> bool:
        """Whether there was an attack at all."""
        return self.x_adv is not self.x

    @property
    def changed(self) -> bool:
        """Whether the attack left a pixel other than it was; one that looks for the smallest change may find none."""
        return not torch.equal(self.x_adv, self.x)

    @property
    def label_kind(self) -> LabelKind:
        """What the label given to the distiller was: the true one, the network's own prediction, or another."""
        if self.label == self.true_label:
            return "true"
        return "predicted" if self.label == int(self.clean.logits.all.argmax()) else "given"


def explain(
    model: Classifier,
    x: Images,
    true_label: int | None,
    *,
    attack: Attack | None,
    bottleneck: Bottleneck,
    label: int | None = None,
    split_of: SplitOf = "clean",
    seed: int = 0,
    batch: Images | None = None,
    index: int = 0,
) -> Explanation:
    """Attack one image, distill its channels and read both images through the split.

    Args:
        x: the image, (1, c, h, w).
        true_label: the class that the attack moves away from; None, where nobody knows it, is the predicted class.
        attack: None leaves the image as it is.
        bottleneck: the distiller.
        label: the class given to the distiller; None is the true label, or the predicted one where that is unknown.
        split_of: whose channels are split: "clean" reads the attacked image through the clean image's split (Table 1 of
            the paper); "own" distills the attacked image again (Table 2, Fig. 3).
        seed: of the attack's start and of the distiller's noise.
        batch: clean images (n, c, h, w) that share the image's threshold where the bottleneck's tolerance is "batch";
            None leaves the image alone in its batch.
        index: position in its data set, on which the attack's start depends; 0 for any other image.
    """
    start = predicted(model, x) if true_label is None else true_label
    label = start if label is None else label
    x_adv = x if attack is None else attacked(model, x, start, attack, seed, index)
    sides = two_sides(model, x, x_adv, label, bottleneck=bottleneck, split_of=split_of, seed=seed, batch=batch)
    return Explanation(x, x_adv, label, *sides, true_label=true_label)


def two_sides(
    model: Classifier,
    x: Images,
    x_adv: Images,
    label: int,
    *,
    bottleneck: Bottleneck,
    split_of: SplitOf = "clean",
    seed: int = 0,
    batch: Images | None = None,
) -> tuple[Reading, Reading]:
    """The clean and the attacked image, each with its split and what the network says from it; as in `explain`."""
    case = Case(
        pair=Pair.of(model, x, x_adv, bottleneck.cut), bottleneck=bottleneck, label=label, seed=seed,
        split_of=split_of, shared=shared_tolerance(model, bottleneck, batch),
    )  # fmt: skip
    (learned,) = learn(bottleneck, [(case.pair, case.sides)])
    return case.read(learned)


def attacked(model: Classifier, x: Images, label: int, attack: Attack, seed: int, index: int = 0) -> Images:
    """The image after the attack, (1, c, h, w); its start is that of the image `index` of a data set, anywhere."""
    return attack(model, x, torch.tensor([label], device=x.device), generator=attack_draws(attack, seed, [index]))


@torch.no_grad()
def predicted(model: Classifier, x: Images) -> int:
    """The class that the network gives one image (1, c, h, w)."""
    return int(model(x).argmax())
