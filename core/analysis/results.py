"""Results of experiments on disk, `runs/<kind>/<model>-<fingerprint>/`: written whole, read without torch."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from core import store
from core.config import fingerprint, to_dict
from core.errors import InputError
from core.registry import unknown_name
from core.types import Classifier, OnStep

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pandas import DataFrame

    from core.datasets import Dataset
    from core.models import ModelCard, Staged

# Of parquet: what ships is read as a whole, so that neither ranges of values nor a second schema are of use.
_SMALL: dict[str, Any] = {
    "compression": "zstd", "compression_level": 19, "write_statistics": False, "store_schema": False,
}  # fmt: skip


@dataclass(frozen=True)
class Result:
    """What an experiment found.

    Args:
        tables, arrays: by name.
        summary: plain JSON data.
        raw: arrays that no page reads; they stay in runs and are not shipped.
    """

    tables: "Mapping[str, DataFrame]"
    summary: dict[str, Any]
    arrays: "Mapping[str, NDArray[np.generic]]" = field(default_factory=dict)
    raw: "Mapping[str, NDArray[np.generic]]" = field(default_factory=dict)


class Experiment(Protocol):
    """A frozen config of `n` test images, called on a model, its twin with random weights and a data set."""

    @property
    def n(self) -> int: ...

    def __call__(
        self, model: Classifier, dataset: "Dataset", *, twin: Classifier, on_step: OnStep | None = None
    ) -> Result: ...


@dataclass(frozen=True)
class StoredResult:
    """An experiment's folder: `config.json`, `manifest.json`, `card.json` of the model, `summary.json`, tables.

    Every table is a parquet, and a csv where the result was not written for pages.
    """

    folder: Path

    @cached_property
    def config(self) -> dict[str, Any]:
        """The fields of the experiment."""
        return self._json("config.json")

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Kind, model and data by hash, class names, versions, date."""
        return self._json("manifest.json")

    @cached_property
    def card(self) -> "ModelCard":
        """Of the model as it was measured; its weights need not be on this machine."""
        from core.config import from_dict
        from core.models import ModelCard

        try:
            return from_dict(ModelCard, self._json("card.json"))
        except InputError as error:
            raise self._damaged("card.json") from error

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The figures that no table holds."""
        return self._json("summary.json")

    @cached_property
    def _tables(self) -> "dict[str, DataFrame]":
        """Those that were read."""
        return {}

    def table(self, name: str) -> "DataFrame":
        """A table by name, as the experiment describes it; read once, and a copy to whoever asks."""
        if name not in self._tables:
            self._tables[name] = self._read(name)
        return self._tables[name].copy(deep=False)

    def _read(self, name: str) -> "DataFrame":
        import pandas as pd

        try:
            return pd.read_parquet(self.folder / f"{name}.parquet")
        except (OSError, ValueError) as error:  # pyarrow's errors are ValueErrors
            raise self._damaged(f"{name}.parquet") from error

    def array(self, name: str) -> "NDArray[np.generic]":
        """An array by name, as the experiment describes it."""
        import safetensors
        from safetensors.numpy import load_file

        try:
            return load_file(self.folder / "arrays.safetensors")[name]
        except (OSError, KeyError, safetensors.SafetensorError) as error:
            raise self._damaged("arrays.safetensors") from error

    def _json(self, file: str) -> dict[str, Any]:
        try:
            return json.loads((self.folder / file).read_bytes())
        except (OSError, ValueError) as error:
            raise self._damaged(file) from error

    def _damaged(self, file: str) -> InputError:
        return InputError(
            f"The stored result {self.folder / file} is missing or damaged; run its command again with --fresh."
        )


def conduct(
    kind: str,
    experiment: Experiment,
    card: "ModelCard",
    model: "Staged",
    dataset: "Dataset",
    *,
    out: Path | None = None,
    fresh: bool = False,
    on_step: OnStep | None = None,
    draw: Callable[[Path, StoredResult], None] | None = None,
    more: Mapping[str, Any] | None = None,
) -> StoredResult:
    """Run an experiment and store it, or return what the same experiment on the same data and weights left before.

    Args:
        kind: names the folder under `runs/` and the command that makes it.
        experiment: the config.
        card: of the model.
        model: on the device to compute on.
        dataset: its first `n` images are used.
        out: folder to write instead of one under `runs/`; it receives what pages read, neither csv nor figures.
        fresh: compute even if the result is there.
        on_step: passed on to the experiment.
        draw: called with the new folder and the result in it before the folder takes its name; adds figures.
        more: callbacks by name that this experiment takes beside `on_step`; no part of the result depends on them.
    Raises:
        InputError: n below 1 or above the size of the data set; or `out` is a folder that holds something else.
    """
    folder, data = _target(kind, experiment, card, dataset, out)
    first = _first(dataset, experiment.n)
    if not fresh and _is(folder, experiment, card, data):
        return StoredResult(folder)
    _check_free(folder)
    found = experiment(model, _on_device_of(model, first), twin=_twin(card, model), on_step=on_step, **(more or {}))
    made = store.manifest(
        kind=kind,
        model={"name": card.name, "network": card.network, "width": card.width, "sha256": card.sha256},
        data=data,
        class_names=list(card.class_names),
    )
    with store.writing(folder) as temporary:
        temporary.mkdir()
        _write(temporary, found, csv=out is None)
        store.write_json(temporary / "config.json", to_dict(experiment))
        store.write_json(temporary / "manifest.json", made)
        store.write_json(temporary / "card.json", to_dict(card))
        if draw is not None and out is None:
            draw(temporary, StoredResult(temporary))
    return StoredResult(folder)


def is_done(
    kind: str, experiment: Experiment, card: "ModelCard", dataset: "Dataset", *, out: Path | None = None
) -> bool:
    """Whether `conduct` would find the result; arguments and errors are those of `conduct`."""
    folder, data = _target(kind, experiment, card, dataset, out)
    done = _is(folder, experiment, card, data)
    if not done:
        _check_free(folder)
    return done


def every_result(kind: str) -> dict[str, list[Path]]:
    """Folders by model name: the shipped result, then those of the runs, the newest first.

    Shipped results lie in MODEL/KIND.
    """
    shipped = sorted(store.RESULTS.glob(f"*/{kind}/card.json"))
    made = [path for folder in store.runs(kind) if (path := folder / "card.json").is_file()]
    found: dict[str, list[Path]] = {}
    for path in (*shipped, *made):
        found.setdefault(str(StoredResult(path.parent).manifest["model"]["name"]), []).append(path.parent)
    return found


def stored_results(kind: str) -> dict[str, Path]:
    """The first folder of each model in `every_result`."""
    return {name: folders[0] for name, folders in every_result(kind).items()}


def stored_result(kind: str, model: str) -> StoredResult:
    """The result of one kind for a model, by its name.

    Raises:
        InputError: none is stored, with the command that makes one; or, on reading, a file that is damaged.
    """
    known = stored_results(kind)
    if model not in known:
        raise InputError(
            f"{unknown_name(f'stored {kind}', model, known)} `python -m core {kind} {model[:80]}` makes one."
        )
    return StoredResult(known[model])


def data_record(dataset: "Dataset", n: int) -> dict[str, Any]:
    """What a manifest says of the first `n` images."""
    return {"name": dataset.name, "split": dataset.split, "n": n, "sha256": pixel_hash(_first(dataset, n))}


def pixel_hash(dataset: "Dataset") -> str:
    """SHA-256 of images and labels."""
    digest = hashlib.sha256(dataset.images.cpu().contiguous().numpy().tobytes())
    digest.update(dataset.labels.cpu().numpy().tobytes())
    return digest.hexdigest()


def _target(
    kind: str, experiment: Experiment, card: "ModelCard", dataset: "Dataset", out: Path | None
) -> tuple[Path, dict[str, Any]]:
    """The folder of an experiment's result, and what its manifest says of the data."""
    if not 1 <= experiment.n <= len(dataset):
        raise InputError(
            f"The {dataset.split} set of {dataset.name} has {len(dataset)} images, got n = {experiment.n}."
        )
    data = data_record(dataset, experiment.n)
    return out or store.runs_root() / kind / f"{card.name}-{fingerprint(card.sha256, data, experiment)}", data


def _first(dataset: "Dataset", n: int) -> "Dataset":
    return replace(dataset, images=dataset.images[:n], labels=dataset.labels[:n])


def _on_device_of(model: "Staged", dataset: "Dataset") -> "Dataset":
    device = next(model.parameters()).device
    return replace(dataset, images=dataset.images.to(device), labels=dataset.labels.to(device))


def _twin(card: "ModelCard", model: "Staged") -> "Staged":
    from core.models import random_twin

    return random_twin(card).to(next(model.parameters()).device)


def _is(folder: Path, experiment: Experiment, card: "ModelCard", data: dict[str, Any]) -> bool:
    """Whether the folder holds this very experiment; one given by `out` may hold another."""
    if not (folder / "card.json").is_file():
        return False
    result = StoredResult(folder)
    same_model = result.manifest["model"]["sha256"] == card.sha256 and result.manifest["data"] == data
    return same_model and result.config == json.loads(json.dumps(to_dict(experiment)))


def _check_free(folder: Path) -> None:
    """A folder is replaced as a whole, so it must be one that an experiment wrote; none can be made inside a file."""
    if (above := next(parent for parent in folder.absolute().parents if parent.exists())).is_file():
        raise InputError(f"{above} is a file, so {folder} cannot be a folder; choose another one.")
    if folder.exists() and not (folder / "manifest.json").is_file():
        raise InputError(f"{folder} is there and holds no result; choose a new folder, so that nothing is lost.")


def _write(folder: Path, found: Result, csv: bool) -> None:
    from safetensors.numpy import save

    for name, table in found.tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False, **_SMALL)
        if csv:
            table.to_csv(folder / f"{name}.csv", index=False, float_format="%.7g")
    store.write_json(folder / "summary.json", found.summary)
    if arrays := {**found.arrays, **(found.raw if csv else {})}:
        (folder / "arrays.safetensors").write_bytes(save(arrays))
