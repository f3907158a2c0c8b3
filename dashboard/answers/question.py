"""What is asked of a network about one image, in plain values."""

from dataclasses import dataclass, replace
from typing import Any

from core.attacks import ATTACKS, Attack, ThreatModel, build_attack, epsilon_of
from core.distillation import Bottleneck
from core.models import ModelCard
from dashboard.answers.image import OneImage
from dashboard.selection.catalog import strength
from dashboard.selection.state import NO_ATTACK, Selection
from dashboard.shared.words import radius

WITHOUT_ATTACK: dict[str, Any] = {"attack": NO_ATTACK, "epsilon": 0.0, "steps": 0, "step_size": None}


def attack_of(name: str, epsilon: float, steps: int = 0, step_size: float | None = None) -> Attack | None:
    """An attack as a selection names it: 0 steps and no step size are its own; None for none.

    Raises:
        InputError: what the attack refuses.
    """
    if name == NO_ATTACK:
        return None
    options = {"steps": steps, "step_size": step_size}
    return build_attack(name, ThreatModel(epsilon=epsilon), **{k: v for k, v in options.items() if v})


def in_words(attack: Attack | None) -> str:
    """Its name, its bound and what it takes: "PGD, L∞ ε 8/255, 10 steps of 0.46/255"."""
    if attack is None:
        return "no attack"
    epsilon, schedule = epsilon_of(attack), attack.schedule
    bound = "no bound" if epsilon is None else f"L∞ {radius(epsilon)}"
    size = "" if schedule.step_size is None else f" of {255 * schedule.step_size:.3g}/255"
    steps = "1 step" if schedule.steps == 1 else f"{schedule.steps:,} steps"
    return f"{ATTACKS.name_of(attack).upper()}, {bound}, {steps}{size}"


@dataclass(frozen=True, kw_only=True)
class Question:
    """Everything that the answer about one image depends on, in plain values."""

    model: str
    sha256: str
    image: str
    attack: str
    epsilon: float
    steps: int
    step_size: float | None
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
        return replace(self.of_attack, **WITHOUT_ATTACK, seed=0)

    @property
    def of_features(self) -> "Question":
        """The part that the features of clean and attacked image depend on."""
        return replace(self.of_attack, cut=self.cut)

    @property
    def attacker(self) -> Attack | None:
        """The attack that is asked for; None for none."""
        return attack_of(self.attack, self.epsilon, self.steps, self.step_size)

    @property
    def attack_in_words(self) -> str:
        """Its name, its bound and what it takes."""
        return in_words(self.attacker)

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
        epsilon=strength(selection, card), steps=selection.steps, step_size=selection.step_size,
        seed=selection.seed, beta=selection.beta, cut=selection.cut, label=selection.label,
        tolerance=selection.tolerance, kl=selection.kl, draws=selection.draws, split_of=selection.split_of,
    )  # fmt: skip


def as_stored(asked: Question, config: dict[str, Any]) -> Question:
    """The question about one image that a stored result answers about its own: true label, no attack, its settings."""
    distiller = config["bottleneck"]
    return replace(
        asked, **WITHOUT_ATTACK, label="true", tolerance="image", seed=config["seed"],
        beta=distiller["beta"], cut=distiller["cut"], kl=distiller["kl_reduction"], draws=distiller["noise_draws"],
    )  # fmt: skip
