"""What is asked of a network about one image, in plain values."""

from dataclasses import dataclass, replace
from typing import Any

from core.attacks import Attack, ThreatModel, build_attack
from core.distillation import Bottleneck
from core.models import ModelCard
from dashboard.answers.image import OneImage
from dashboard.selection.catalog import strength
from dashboard.selection.state import NO_ATTACK, Selection


@dataclass(frozen=True, kw_only=True)
class Question:
    """Everything that the answer about one image depends on, in plain values."""

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
    def of_attack(self) -> "Question":
        """The part that the attacked image depends on; the rest is the same in all."""
        return replace(self, beta=0.0, cut="", label="", tolerance="", kl="", draws=0, split_of="")

    @property
    def of_image(self) -> "Question":
        """The part that the clean image's prediction depends on."""
        return replace(self.of_attack, attack=NO_ATTACK, epsilon=0.0, seed=0)

    @property
    def of_features(self) -> "Question":
        """The part that the features of clean and attacked image depend on."""
        return replace(self.of_attack, cut=self.cut)

    @property
    def attacker(self) -> Attack | None:
        """The attack that is asked for; None for none."""
        return None if self.attack == NO_ATTACK else build_attack(self.attack, ThreatModel(epsilon=self.epsilon))

    @property
    def bottleneck(self) -> Bottleneck:
        """The distiller that is asked for."""
        return Bottleneck(
            beta=self.beta,
            noise_draws=self.draws,
            kl_reduction=self.kl,  # type: ignore[arg-type]
            tolerance=self.tolerance,  # type: ignore[arg-type]
            cut=self.cut or None,
        )


def question(selection: Selection, card: ModelCard, image: OneImage) -> Question:
    """The question that a selection asks of one model."""
    return Question(
        model=card.name, sha256=card.sha256, image=image.key, attack=selection.attack,
        epsilon=strength(selection, card), seed=selection.seed, beta=selection.beta, cut=selection.cut,
        label=selection.label, tolerance=selection.tolerance, kl=selection.kl, draws=selection.draws,
        split_of=selection.split_of,
    )  # fmt: skip


def as_stored(asked: Question, config: dict[str, Any]) -> Question:
    """The question about one image that a stored result answers about its own: true label, no attack, its settings."""
    distiller = config["bottleneck"]
    return replace(
        asked, attack=NO_ATTACK, epsilon=0.0, label="true", tolerance="image", seed=config["seed"],
        beta=distiller["beta"], cut=distiller["cut"], kl=distiller["kl_reduction"], draws=distiller["noise_draws"],
    )  # fmt: skip
