"""Run an experiment and store its result, or find what the same experiment on the same subject left before."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from safetensors.numpy import save
from torch import distributed

from core import store
from core.analysis.experiment import EXPERIMENTS, Experiment, Subject
from core.analysis.kept import Kept
from core.analysis.results import Result, StoredResult, data_record
from core.config import fingerprint, to_dict
from core.device import Place
from core.errors import InputError
from core.models import ModelCard
from core.types import OnStep

# Of parquet: what ships is read as a whole, so that neither ranges of values nor a second schema are of use.
SMALL: dict[str, Any] = {
    "compression": "zstd", "compression_level": 19, "write_statistics": False, "store_schema": False,
}  # fmt: skip


def conduct(
    experiment: Experiment,
    subject: Subject,
    *,
    name: str | None = None,
    out: Path | None = None,
    fresh: bool = False,
    on_step: OnStep | None = None,
) -> StoredResult | None:
    """Run an experiment and store it, or return what it left before; nothing is drawn.

    Args:
        experiment: the config.
        subject: what it is run on; where it keeps nothing that is half done, that lies under `runs/`.
        name: of the folder under `runs/`; None is the experiment's own.
        out: folder to write instead of one under `runs/`; it receives what pages read, neither csv nor raw arrays.
        fresh: compute even what is there.
        on_step: passed on to the experiment.
    Returns:
        The result; None in a process that does not lead.
    Raises:
        InputError: n below 1 or above the size of the data set; or `out` is a folder that holds something else.
    """
    name = EXPERIMENTS.name_of(experiment) if name is None else name
    card, data = subject.card, data_record(subject.data, experiment.n)
    digest = fingerprint(card.sha256, data["sha256"], experiment, experiment.version)
    folder = store.runs_root() / name / f"{card.name}-{digest}" if out is None else out
    manifest = _manifest(name, experiment, card, data)
    if not _agreed(subject.place, not fresh and _is(folder, experiment, manifest)):
        _check_free(folder)
        kept = subject.kept or Kept(store.runs_root() / "kept", fresh=fresh)
        result = experiment(replace(subject, kept=kept), on_step=on_step)
        if subject.place.leads:
            _store(folder, result, experiment, manifest, subject, csv=out is None)
    return StoredResult(folder) if subject.place.leads else None


def _manifest(name: str, experiment: Experiment, card: ModelCard, data: dict[str, Any]) -> dict[str, Any]:
    return store.manifest(
        kind=name,
        version=experiment.version,
        model={"name": card.name, "network": card.network, "width": card.width, "sha256": card.sha256},
        data=data,
        class_names=list(card.class_names),
    )


def _is(folder: Path, experiment: Experiment, manifest: dict[str, Any]) -> bool:
    """Whether the folder holds this very experiment, whole; one given by `out` may hold another."""
    there = StoredResult(folder)
    try:
        same = all(there.manifest[key] == manifest[key] for key in ("version", "data"))
        same = same and there.manifest["model"]["sha256"] == manifest["model"]["sha256"]
        return same and there.config == json.loads(json.dumps(to_dict(experiment)))
    except (InputError, KeyError):
        return False


def _agreed(place: Place, found: bool) -> bool:
    """What the leading process found counts for all of them, so that none waits for the others."""
    told = [found]
    if place.world > 1:
        distributed.broadcast_object_list(told)
    return told[0]


def _check_free(folder: Path) -> None:
    """A folder is replaced as a whole, so it must be one that an experiment wrote; none can be made inside a file."""
    if (above := next(parent for parent in folder.absolute().parents if parent.exists())).is_file():
        raise InputError(f"{above} is a file, so {folder} cannot be a folder; choose another one.")
    if folder.exists() and not (folder / "manifest.json").is_file():
        raise InputError(f"{folder} is there and holds no result; choose a new folder, so that nothing is lost.")


def _store(
    folder: Path, result: Result, experiment: Experiment, manifest: dict[str, Any], subject: Subject, csv: bool
) -> None:
    with store.writing(folder) as temporary:
        temporary.mkdir()
        for name, table in result.tables.items():
            table.to_parquet(temporary / f"{name}.parquet", index=False, **SMALL)
            if csv:
                table.to_csv(temporary / f"{name}.csv", index=False, float_format="%.7g")
        if arrays := {**result.arrays, **(result.raw if csv else {})}:
            (temporary / "arrays.safetensors").write_bytes(save(arrays))
        store.write_json(temporary / "summary.json", result.summary)
        store.write_json(temporary / "config.json", to_dict(experiment))
        store.write_json(temporary / "manifest.json", manifest)
        store.write_json(temporary / "card.json", to_dict(subject.card))
