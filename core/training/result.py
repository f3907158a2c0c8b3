"""What a finished training leaves behind: weights as they are stored, their card, and a manifest."""

import copy
import math
import shutil
from pathlib import Path
from typing import Any

from core import store
from core.attacks import PGD, ThreatModel, classified, robust_accuracy
from core.attacks.evaluation import predictions
from core.config import fingerprint, to_dict
from core.datasets import Dataset, load_dataset
from core.device import Place
from core.models import ModelCard, Staged, save_model
from core.statistics import accuracy
from core.training.loop import largest
from core.training.training import Training
from core.types import Images, OnStep


def conclude(
    model: Staged,
    training: Training,
    place: Place,
    *,
    name: str,
    command: str,
    half: bool = False,
    root: Path | None = None,
    on_step: OnStep | None = None,
) -> ModelCard:
    """Measure the network on the whole test set as it will be stored, computing in float32; write it with its card.

    Args:
        model: trained, in eval mode.
        training: what made it.
        place: where to compute.
        name: of the model.
        command: the command line that made it.
        half: round even where it changes some predictions; the card says how many.
        root: folder of the data sets.
        on_step: called as `on_step(done, total)` with attacked images.
    """
    test = load_dataset(training.data, "test", root)
    x, y = test.images.to(place.device), test.labels.to(place.device)
    stored, dtype, notes = as_stored(model, x, half)
    attack = PGD(threat=ThreatModel(norm="linf", epsilon=training.epsilon))
    card = ModelCard(
        name=name,
        network=training.network,
        width=training.width,
        num_classes=len(test.class_names),
        image_size=test.image_size,
        cut=model.default_cut,
        data=training.data,
        class_names=test.class_names,
        epsilon=training.epsilon,
        defense=training.defense,
        recipe=to_dict(training),
        command=command,
        clean_accuracy=accuracy(int(classified(stored, x, y).sum()), len(y)),
        robust_accuracy=robust_accuracy(stored, attack, x, y, on_step=on_step),
        dtype=dtype,
        notes=notes,
    )
    card = save_model(stored, card, training.folder)
    store.write_json(training.folder / "manifest.json", manifest(training, test, command))
    return card


def as_stored(model: Staged, x: Images, half: bool) -> tuple[Staged, str, str]:
    """The network that goes to disk, the dtype of its weights there, and what its card should say of it.

    A copy rounded to half precision where that can hold every weight and changes no prediction on `x` (n, c, h, w), or
    changes are accepted (`half`); else `model` itself, in float32.
    """
    rounded = copy.deepcopy(model).half().float().eval()
    if not math.isfinite(largest(rounded)):
        said = f"Half precision ends at 65,504 and the largest weight is {largest(model):.3g}"
        return model, "float32", f"{said}; they are stored in float32."
    changed = int((predictions(rounded, x) != predictions(model, x)).sum())
    said = f"Rounding the weights to half precision changes {changed} of {len(x)} test predictions"
    if changed == 0 or half:
        return rounded, "float16", f"{said}; every accuracy here was measured after it."
    return model, "float32", f"{said}; they are stored in float32."


def manifest(training: Training, test: Dataset, command: str) -> dict[str, Any]:
    """What must be known to make the run again."""
    return store.manifest(
        command=command, seed=training.seed, fingerprint=fingerprint(training), test_set_sha256=test.sha256
    )


def copy_model(name: str, source: Path, target: Path) -> None:
    """Copy a model from one folder to another: weights first, the card that vouches for them last."""
    for suffix in (".safetensors", ".json"):
        with store.writing(target / f"{name}{suffix}") as temporary:
            shutil.copyfile(source / f"{name}{suffix}", temporary)
