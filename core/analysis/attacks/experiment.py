"""Accuracy under many attacks, image by image, kept batch by batch: what stops half way goes on from there."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from torch import distributed

from core import store
from core.analysis.attacks.tables import tables_of
from core.analysis.results import Result, StoredResult, conduct, data_record
from core.analysis.shares import attack_shared
from core.attacks import ATTACKS, BIM, FGSM, PGD, Attack, Kept, Outcome, ThreatModel, label_of
from core.attacks.diagnostics import CHECKS, diagnose
from core.attacks.evaluation import attack_rows, predictions
from core.config import fingerprint
from core.datasets import Dataset
from core.device import Place
from core.errors import InputError
from core.models import ModelCard, Staged
from core.types import Classifier, OnStep

KIND = "attacks"
ALONE = Place()
DIAGNOSED = 64  # images, at most, that the diagnostics look at


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

    def __call__(
        self,
        model: Classifier,
        dataset: Dataset,
        *,
        twin: Classifier | None = None,
        on_step: OnStep | None = None,
        kept: Path | None = None,
        batch_size: int = 250,
    ) -> Result:
        """Run on `model` in eval mode; `twin` is not used, as attacks on random weights say nothing of these.

        Args:
            on_step: called as `on_step(done, total)` with images attacked, and checks after them.
            kept: folder in which every attack keeps what is done; None keeps nothing.
            batch_size: images at a time.
        """
        outcomes = self.outcomes(model, dataset, kept=kept, batch_size=batch_size, on_step=on_step)
        attacked = int(outcomes[0].clean.sum()) * len(outcomes)
        summary = {
            "diagnostics": self._diagnostics(model, dataset, _shifted(on_step, attacked, attacked + len(CHECKS))),
            "batch_size": batch_size,
            "device": dataset.images.device.type,
        }
        return tables_of(outcomes, dataset.labels[: self.n].cpu(), summary)

    def outcomes(
        self,
        model: Classifier,
        dataset: Dataset,
        *,
        kept: Path | None = None,
        batch_size: int = 250,
        place: Place = ALONE,
        on_step: OnStep | None = None,
    ) -> list[Outcome]:
        """What each attack did; `place` is this process among several, which then need the folder `kept`."""
        x, y = dataset.images[: self.n], dataset.labels[: self.n]
        before, found = predictions(model, x, batch_size=batch_size), []
        rows = (before == y).nonzero().flatten()
        total = len(rows) * len(self.attacks) + (0 if self.diagnosed is None else len(CHECKS))
        for i, attack in enumerate(self.attacks):
            path = None if kept is None else kept / file_name(attack)
            options: dict[str, Any] = {"seed": self.seed, "batch_size": batch_size}
            options["on_step"] = _shifted(on_step, i * len(rows), total)
            if place.world > 1 and path is not None:
                done = attack_shared(model, attack, x, y, rows, place, path, **options)
            else:
                done = attack_rows(model, attack, x, y, rows, kept=Kept(path) if path else None, **options)
            found.append(Outcome.of(attack, before, y, [done]))
        return found

    def _diagnostics(self, model: Classifier, dataset: Dataset, on_step: OnStep | None) -> list[dict[str, Any]] | None:
        if self.diagnosed is None:
            return None
        x, y = (part[: min(self.n, DIAGNOSED)] for part in (dataset.images, dataset.labels))
        return [asdict(found) for found in diagnose(model, x, y, self.diagnosed, seed=self.seed, on_step=on_step)]


def evaluate(
    evaluation: Evaluation,
    card: ModelCard,
    model: Staged,
    dataset: Dataset,
    *,
    kind: str = KIND,
    out: Path | None = None,
    fresh: bool = False,
    batch_size: int = 250,
    place: Place = ALONE,
    on_step: OnStep | None = None,
    draw: Callable[[Path, StoredResult], None] | None = None,
) -> StoredResult | None:
    """Run an evaluation, go on with it, or find it: `core.analysis.results.conduct`, with every batch kept.

    What an attack did to these images with this seed is kept by itself, so the same attack among others is not
    repeated.

    Args:
        batch_size: images at a time; changes the speed, not the result, unless an attack is set to look at its batch.
        place: this process among several, which share the images.
        evaluation, card, model, dataset, kind, out, fresh, on_step, draw: as for `conduct`.
    Returns:
        The result; None in a process that does not lead.
    """
    device = next(model.parameters()).device
    kept = kept_folder(card, dataset, evaluation)
    dataset = replace(dataset, images=dataset.images.to(device), labels=dataset.labels.to(device))
    if fresh and place.leads:
        for attack in evaluation.attacks:
            Kept(kept / file_name(attack)).drop()
    if place.world > 1:  # all attack and gather; then the leading process finds everything done
        distributed.barrier()
        evaluation.outcomes(model, dataset, kept=kept, batch_size=batch_size, place=place, on_step=on_step)
    if not place.leads:
        return None
    more = {"kept": kept, "batch_size": batch_size}
    return conduct(kind, evaluation, card, model, dataset, out=out, fresh=fresh, on_step=on_step, draw=draw, more=more)


def kept_folder(card: ModelCard, dataset: Dataset, evaluation: Evaluation) -> Path:
    """Where the attacks of an evaluation keep what is done: one folder for weights, images and seed."""
    data = data_record(dataset, evaluation.n)
    return store.runs_root() / KIND / "outcomes" / f"{card.name}-{fingerprint(card.sha256, data, evaluation.seed)}"


def file_name(attack: Attack) -> str:
    """In which an attack with these very settings keeps what is done."""
    return f"{ATTACKS.name_of(attack)}-{fingerprint(attack)}.safetensors"


def _shifted(on_step: OnStep | None, before: int, total: int) -> OnStep | None:
    """The progress of one part as that of the whole."""
    if on_step is None:
        return None
    return lambda done, _: on_step(before + done, total)
