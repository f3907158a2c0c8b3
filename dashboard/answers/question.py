"""What is asked of a network about one image, and what it answers, in plain values."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from dashboard.selection.catalog import strength
from dashboard.selection.state import NO_ATTACK, Selection

if TYPE_CHECKING:
    from torch import Tensor

    from core.analysis.explain.explanation import Explanation
    from core.attacks import Attack
    from core.distillation import Bottleneck
    from core.models import ModelCard

BATCH = 100  # images that share one tolerance in the released code
Which = Literal["all", "robust", "nonrobust"]
When = Literal["clean", "adversarial"]


@dataclass(frozen=True)
class Subject:
    """The image that is looked at.

    Args:
        key: distinguishes it from every other image: data set and index, or the hash of an uploaded file.
        name: for people: "test image 7", or the file's name.
        x: (1, c, h, w).
        true_label: None where nobody knows it.
        index: in the test set; None for an uploaded image.
    """

    key: str
    name: str
    x: "Tensor"
    true_label: int | None
    index: int | None


@dataclass(frozen=True, kw_only=True)
class Question:
    """Everything that the answer about one image depends on, in plain values; its fingerprint is the cache's key."""

    model: str
    sha256: str
    image: str
    attack: str
    epsilon: float
    seed: int
    beta: float
    cut: str
    label: str
    tolerance: str
    kl: str
    draws: int
    split_of: str

    @property
    def of_attack(self) -> tuple[str, str, str, str, float, int]:
        """The part that the attacked image depends on."""
        return self.model, self.sha256, self.image, self.attack, self.epsilon, self.seed


@dataclass(frozen=True)
class Answer:
    """An explanation, with what is needed to change its mask by hand, and how long it took.

    Args:
        explanation: as distilled.
        z_adv: features of the attacked image at the cut, (1, c, h, w).
        seconds: attack and distilling, when it was computed.
    """

    explanation: "Explanation"
    z_adv: "Tensor"
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

    def probabilities(self, when: When, which: Which) -> NDArray[np.floating]:
        """Of every class, (k,)."""
        return getattr(getattr(self.explanation, when).logits, which)[0].softmax(dim=0).numpy()

    def channels(self, when: When, which: Which) -> int:
        """How many channels a prediction is read from."""
        robust = getattr(self.explanation, when).split.robust[0]
        return {"all": len(robust), "robust": int(robust.sum()), "nonrobust": int((~robust).sum())}[which]

    def said(self, when: When, which: Which) -> int:
        """The class with the highest probability."""
        return int(self.probabilities(when, which).argmax())


def question(selection: Selection, card: "ModelCard", subject: Subject) -> Question:
    """The question that a selection asks of one model."""
    return Question(
        model=card.name,
        sha256=card.sha256,
        image=subject.key,
        attack=selection.attack,
        epsilon=strength(selection, card),
        seed=selection.seed,
        beta=selection.beta,
        cut=selection.cut,
        label=selection.label,
        tolerance=selection.tolerance,
        kl=selection.kl,
        draws=selection.draws,
        split_of=selection.split_of,
    )


def as_stored(asked: Question, config: dict[str, Any]) -> Question:
    """The question about one image that a stored result answers about its own: true label, no attack, its settings."""
    distiller = config["bottleneck"]
    return replace(
        asked, attack=NO_ATTACK, epsilon=0.0, label="true", tolerance="image", seed=config["seed"],
        beta=distiller["beta"], cut=distiller["cut"], kl=distiller["kl_reduction"], draws=distiller["noise_draws"],
    )  # fmt: skip


def bottleneck(asked: Question) -> "Bottleneck":
    """The distiller that a question asks for."""
    from core.distillation import Bottleneck

    return Bottleneck(
        beta=asked.beta,
        noise_draws=asked.draws,
        kl_reduction=asked.kl,  # type: ignore[arg-type]
        tolerance=asked.tolerance,  # type: ignore[arg-type]
        cut=asked.cut or None,
    )


def attack(asked: Question) -> "Attack | None":
    """The attack that a question asks for; None for none."""
    from core.attacks import ThreatModel, build_attack

    return None if asked.attack == NO_ATTACK else build_attack(asked.attack, ThreatModel(epsilon=asked.epsilon))
