"""Accuracy under many attacks, image by image, kept batch by batch: what stops half way goes on from there."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from core.analysis.attacked import BATCH, outcome_of
from core.analysis.attacks.tables import tables_of
from core.analysis.experiment import EXPERIMENTS, Subject
from core.analysis.results import Result
from core.attacks import BIM, FGSM, PGD, Attack, Outcome, ThreatModel, label_of
from core.attacks.diagnostics import CHECKS, diagnose
from core.errors import InputError
from core.types import OnStep

DIAGNOSED = 64  # images, at most, that the diagnostics look at


@EXPERIMENTS.register("attacks")
@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Attack the first `n` images with each attack. One misclassified from the start counts as fooled.

    Attacks inside a ball ("bounded") and those that minimize a norm ("minimal_norm") are listed apart: accuracy under
    the second says little without the size of the perturbations.

    Tables: `attacks`, a row an attack with its kind, threat model, accuracy with interval, sizes of the perturbations
    that turned an image, passes and seconds; `images`, a row an attack and image with `correct`, `predicted`, `l2`,
    `linf`, from which accuracy follows for every distortion.
    Summary: `clean`; `bounded` and `minimal_norm`, lists; `worst_case`, which images no bounded attack turned (null
    where there is none); `diagnostics`, a list (null where not asked for); `batch_size` and `device`.

    Args:
        n: test images, from the first.
        attacks: in the order of the tables; all bounded ones under one threat model.
        seed: of the attacks' draws.
        diagnosed: the threat model for which the diagnostics are run, on the first `DIAGNOSED` of the images; None runs
            none.
    Raises:
        InputError: no attack, one twice, or bounded ones of several threat models, on construction.
    """

    version: ClassVar[int] = 1

    n: int = 1000
    attacks: tuple[Attack, ...] = (FGSM(), BIM(), PGD())
    seed: int = 0
    diagnosed: ThreatModel | None = None

    def __post_init__(self) -> None:
        labels = [label_of(attack) for attack in self.attacks]
        if not labels or len(set(labels)) < len(labels):
            raise InputError(f"An evaluation needs attacks, each of them once, got {', '.join(labels) or 'none'}.")
        if len({attack.threat for attack in self.attacks if isinstance(attack.threat, ThreatModel)}) > 1:
            raise InputError("A worst case is one of a single threat model; evaluate others in a run of their own.")

    def __call__(self, subject: Subject, *, on_step: OnStep | None = None) -> Result:
        """A step is an image attacked, or a check after them."""
        outcomes = self._outcomes(subject, on_step)
        attacked = int(outcomes[0].clean.sum()) * len(outcomes)
        checked = self._diagnostics(subject, _shifted(on_step, attacked, attacked + len(CHECKS)))
        about = {"diagnostics": checked, "batch_size": BATCH, "device": subject.device.type}
        return tables_of(outcomes, subject.data.labels[: self.n].cpu(), about)

    def _outcomes(self, subject: Subject, on_step: OnStep | None) -> list[Outcome]:
        """What each attack did."""
        checks, found = 0 if self.diagnosed is None else len(CHECKS), list[Outcome]()
        for attack in self.attacks:
            step = _part(on_step, len(found), len(self.attacks), checks)
            found.append(outcome_of(subject, attack, n=self.n, seed=self.seed, on_step=step))
        return found

    def _diagnostics(self, subject: Subject, on_step: OnStep | None) -> list[dict[str, Any]] | None:
        if self.diagnosed is None:
            return None
        data = subject.first(min(self.n, DIAGNOSED))
        found = diagnose(subject.model, data.images, data.labels, self.diagnosed, seed=self.seed, on_step=on_step)
        return [asdict(check) for check in found]


def _part(on_step: OnStep | None, number: int, parts: int, more: int) -> OnStep | None:
    """The progress of one of several equal parts as that of the whole, which has some more steps in the end."""
    if on_step is None:
        return None
    return lambda done, total: on_step(number * total + done, parts * total + more)


def _shifted(on_step: OnStep | None, before: int, total: int) -> OnStep | None:
    """The progress of one part as that of the whole."""
    if on_step is None:
        return None
    return lambda done, _: on_step(before + done, total)
