"""A training from its config to a trained network."""

from dataclasses import replace
from pathlib import Path

from core import store
from core.config import to_dict
from core.datasets import DATASETS, load_dataset
from core.device import Place
from core.errors import InputError
from core.models import Staged
from core.training.loop import fit
from core.training.metrics import MetricsLog
from core.training.resume import resumption
from core.training.training import Training
from core.types import OnStep

METRICS = "metrics.csv"


def train(
    training: Training,
    place: Place,
    *,
    warm: Staged | None = None,
    root: Path | None = None,
    classes: int | None = None,
    resume: bool = False,
    on_step: OnStep | None = None,
) -> Staged:
    """Run the training, or what is left of it. The leading process keeps config, metrics and checkpoint in the folder.

    Args:
        training: the config.
        place: device and share of the work.
        warm: the network whose weights have the hash `training.warm_start`; None starts from random ones.
        root: folder of the data sets.
        classes: that the data must have; None takes what is there.
        resume: go on from where `resumption` says.
        on_step: called as `on_step(done, total)`.
    Raises:
        InputError: what is unknown, is not there or does not fit, in one sentence.
    """
    objective = training.objective()
    data = load_dataset(training.data, "train", root)
    if classes not in (None, len(data.class_names)):
        raise InputError(
            f"Expected {classes} classes of {training.data}, got {len(data.class_names)}; change what lies in the data "
            "root, or --classes."
        )
    model = training.fresh_model(data, warm)
    before = resumption(training).run if resume else None
    easier = DATASETS[training.data].easier if training.recipe.warmup_epochs else None
    if place.leads:
        store.write_json(training.folder / "config.json", to_dict(training))
    fit(
        model,
        objective,
        data,
        training.recipe,
        seed=training.seed,
        augmentation=training.augmentation,
        warmup=None if easier is None else easier(len(data)),
        place=place,
        checkpoint=replace(training.checkpoint, source=None if before is None else before.checkpoint),
        resume=resume,
        on_step=on_step,
        on_metrics=_log(training, before).append if place.leads else None,
    )
    return model


def _log(training: Training, before: Training | None) -> MetricsLog:
    """The record of every step, which begins with those of the run that is prolonged."""
    return MetricsLog(training.folder / METRICS, None if before is None else before.folder / METRICS)
