"""What is computed when someone looks at one image: one question in, one answer out, kept for every session."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from core.analysis.attacks.steps import Trace, trace
from core.analysis.bottleneck.experiment import ImageSweep, sweep_image
from core.analysis.channels import flips
from core.analysis.explain.controls import Controls, read_controls
from core.analysis.explain.explanation import Explanation
from core.analysis.explain.one_pass import Reading
from core.analysis.split import features, random_mask
from core.attacks import PGD, ThreatModel, attack_draws
from core.distillation import read_out
from core.seeding import generator
from core.sides import Reader
from dashboard.answers import distilled
from dashboard.answers.distilled import distill, label_given, network, prepare, study
from dashboard.answers.image import OneImage
from dashboard.answers.question import Question
from dashboard.answers.remember import remembered
from dashboard.shared.sides import When

__all__ = ["Answer", "OneImage", "answer", "label_given", "network", "prepare"]


@dataclass(frozen=True)
class Answer:
    """An explanation, with what is needed to change its mask by hand, and how long it took.

    Args:
        explanation: as distilled.
        z_adv: features of the attacked image at the cut, (1, c, h, w).
        seconds: of attacking and distilling, when it was computed.
    """

    explanation: Explanation
    z_adv: Tensor
    seconds: float

    @property
    def noise(self) -> NDArray[np.floating]:
        """sigma^2 of the clean image's channels, (c,)."""
        return self.explanation.clean.split.noise_variance[0].numpy()

    @property
    def variance(self) -> NDArray[np.floating]:
        """Natural variation of the clean image's channels, (c,)."""
        return self.explanation.clean.split.feature_variance[0].numpy()

    @property
    def tolerance(self) -> float:
        """T of the clean image."""
        return float(self.explanation.clean.split.tolerance[0])

    @property
    def robust(self) -> NDArray[np.bool_]:
        """The clean image's mask, (c,)."""
        return self.explanation.clean.split.robust[0].numpy()

    def probabilities(self, when: When, which: Reader) -> NDArray[np.floating]:
        """Of every class, (k,)."""
        return getattr(getattr(self.explanation, when).logits, which)[0].softmax(dim=0).numpy()

    def channels(self, when: When, which: Reader) -> int:
        """How many channels a prediction is read from."""
        robust = getattr(self.explanation, when).split.robust[0]
        return {"all": len(robust), "robust": int(robust.sum()), "nonrobust": int((~robust).sum())}[which]

    def said(self, when: When, which: Reader) -> int:
        """The class with the highest probability."""
        return int(self.probabilities(when, which).argmax())


def attacked(asked: Question, image: OneImage) -> Tensor:
    """The attacked image, (1, c, h, w); the image itself where there is no attack."""
    return distilled.attacked(asked, image).x


@remembered
def answer(asked: Question, image: OneImage) -> Answer:
    """Distill the image and read both images through the split."""
    case, noise = one = study(asked, image)
    distill([(one, case.sides)])
    made = distilled.attacked(asked, image)
    explanation = Explanation(image.x, made.x, case.label, *case.read(noise.rows), true_label=image.true_label)
    return Answer(explanation, case.pair.z_adv, made.seconds + noise.seconds)


def moved(asked: Question, given: Answer, channels: Sequence[int]) -> Answer:
    """The same image with some channels on the other side, read again; nothing is distilled."""
    if not channels:
        return given

    def side(old: Reading, z: Tensor) -> Reading:
        robust = old.split.robust.clone()
        robust[:, list(channels)] ^= True
        return Reading(replace(old.split, robust=robust), read_out(network(asked), z, robust, asked.cut or None))

    old = given.explanation
    clean, adversarial = side(old.clean, old.clean.split.features), side(old.adversarial, given.z_adv)
    return replace(given, explanation=replace(old, clean=clean, adversarial=adversarial))


@remembered
def controls(asked: Question, image: OneImage) -> Controls:
    """Every label, a random mask and a random network for the same image."""
    one, random = study(asked, image), study(asked, image, random=True)
    distill([(one, one.case.labels), (random, random.case.sides)])
    explanation = answer(asked, image).explanation
    return read_controls(explanation, one.case, one.noise.rows, random.case, random.noise.rows)


@remembered
def random_masks(asked: Question, image: OneImage) -> NDArray[np.floating]:
    """What as many random channels say as each label's split has robust ones, (k labels, k classes).

    The row of the label that was given is the very draw of `controls`, so that no two parts of a page disagree.
    """
    known = controls(asked, image)
    split, given = known.every_label.split, known.random_mask
    mask = random_mask(split.robust, generator(asked.seed, "random mask"))
    mask[given.label] = given.clean.split.robust[0]
    return read_out(network(asked), split.features, mask, asked.cut or None).robust.softmax(dim=1).numpy()


@remembered
def over_seeds(asked: Question, image: OneImage) -> NDArray[np.bool_]:
    """Masks of the clean image under five seeds, each with the image's own tolerance, (5, c)."""
    one = study(asked, image)
    distill([(one, one.case.seeds)])
    return replace(one.case, shared=None).split(one.noise.rows, one.case.seeds).robust.numpy()


def steady_channel(asked: Question, image: OneImage) -> tuple[int, int, int]:
    """The channel to show first: of those that are robust under most seeds the one that takes the most noise.

    Returns:
        the channel, under how many seeds it is robust, and of how many. Few of them mean that no channel of this image
        is robust in a way that another seed would confirm; 0 that none is robust at all.
    """
    masks, given = over_seeds(asked, image), answer(asked, image)
    robust_in = masks.sum(axis=0)
    mostly = robust_in > len(masks) / 2
    steadiest = mostly if mostly.any() else robust_in == robust_in.max()
    if (now := steadiest & given.robust).any():  # one that the picture beside it shows as robust, too
        steadiest = now
    channel = int(np.where(steadiest, given.noise, -1).argmax())
    return channel, int(robust_in[channel]), len(masks)


@remembered
def along_beta(asked: Question, image: OneImage, betas: tuple[float, ...]) -> ImageSweep:
    """The image distilled at every beta, each with the image's own tolerance; both images read through its splits."""
    distiller, label = replace(asked.bottleneck, tolerance="image"), label_given(asked, image)
    return sweep_image(network(asked), image.x, attacked(asked, image), label, distiller, betas, asked.seed)


@remembered
def attack_steps(asked: Question, image: OneImage) -> Trace:
    """The image on its way through the attack of ten steps, read through the clean image's split."""
    explanation = answer(asked, image).explanation
    label = explanation.label if explanation.true_label is None else explanation.true_label
    attack = PGD(threat=ThreatModel(epsilon=asked.epsilon))
    robust, start = explanation.clean.split.robust, attack_draws(attack, asked.seed, [image.index or 0])
    return trace(network(asked), attack, image.x, label, robust, generator=start, cut=asked.cut or None)


def smallest_flip(asked: Question, image: OneImage) -> flips.Flip | None:
    """The fewest channels without which the network says another class of the clean image."""
    return _smallest_flip(replace(asked.of_attack, attack="", epsilon=0.0, seed=0, cut=asked.cut), image)


@remembered
def _smallest_flip(asked: Question, image: OneImage) -> flips.Flip | None:
    model, cut = network(asked), asked.cut or None
    return flips.smallest_flip(model, features(model, image.x, cut), cut)
