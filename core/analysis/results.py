"""Results of experiments on disk, `runs/<kind>/<model>-<fingerprint>/`: written whole, read without torch."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import store
from core.config import from_dict
from core.errors import InputError
from core.registry import unknown_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pandas import DataFrame

    from core.datasets import Dataset
    from core.models import ModelCard


JSON = ("manifest.json", "config.json", "card.json", "summary.json")


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


@dataclass(frozen=True)
class StoredResult:
    """An experiment's folder: `config.json`, `manifest.json`, `card.json` of the model, `summary.json`, tables.

    Every table is a parquet, and a csv where the result was not written for pages.
    """

    folder: Path

    @cached_property
    def config(self) -> dict[str, Any]:
        """The fields of the experiment."""
        return self.read("config.json")

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Kind, version, model and data by hash, class names, versions of libraries, date."""
        manifest = self.read("manifest.json")
        parts = (manifest.get("model"), manifest.get("data"))
        if not all(isinstance(part, dict) and {"name", "sha256"} <= part.keys() for part in parts):
            raise self._damaged("manifest.json")
        return manifest

    @cached_property
    def card(self) -> "ModelCard":
        """Of the model as it was measured; its weights need not be on this machine."""
        from core.models import ModelCard

        try:
            return from_dict(ModelCard, self.read("card.json"))
        except InputError as error:
            raise self._damaged("card.json") from error

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The figures that no table holds."""
        return self.read("summary.json")

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

    def read(self, file: str) -> dict[str, Any]:
        """One of its JSON files. Raises InputError where it is missing or damaged."""
        try:
            data = json.loads((self.folder / file).read_bytes())
        except (OSError, ValueError) as error:
            raise self._damaged(file) from error
        if not isinstance(data, dict):
            raise self._damaged(file)
        return data

    def _damaged(self, file: str) -> InputError:
        return InputError(
            f"The stored result {self.folder / file} is missing or damaged; run its command again with --fresh."
        )


def every_result(kind: str) -> dict[str, list[Path]]:
    """Folders by model name: the shipped result, then those of the runs, the newest first.

    Shipped results lie in MODEL/KIND. One that is damaged is left out; `damaged_results` names it.
    """
    found: dict[str, list[Path]] = {}
    for folder in _folders(kind):
        model, problem = _looked(folder)
        if not problem:
            found.setdefault(model, []).append(folder)
    return found


def damaged_results(kind: str) -> list[str]:
    """A sentence for every result that `every_result` leaves out."""
    return [problem for folder in _folders(kind) if (problem := _looked(folder)[1])]


def _looked(folder: Path) -> tuple[str, str]:
    """Name of a result's model, and what is wrong with its JSON files; read again where one of them has changed."""
    return _read_once(folder, tuple(_changed(folder / file) for file in JSON))


def _changed(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=4096)
def _read_once(folder: Path, changed: tuple[int, ...]) -> tuple[str, str]:
    result = StoredResult(folder)
    try:
        for file in JSON:
            result.read(file)
        return str(result.manifest["model"]["name"]), ""
    except InputError as error:
        return "", str(error)


def _folders(kind: str) -> list[Path]:
    """Of results, whole or not: shipped ones, then those of the runs, the newest first."""
    return [*sorted(folder for folder in store.RESULTS.glob(f"*/{kind}") if folder.is_dir()), *store.runs(kind)]


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
    return {"name": dataset.name, "split": dataset.split, "n": n, "sha256": first(dataset, n).sha256}


def first(dataset: "Dataset", n: int) -> "Dataset":
    """The first `n` images. Raises InputError where there are fewer, or n is below 1."""
    if not 1 <= n <= len(dataset):
        raise InputError(f"The {dataset.split} set of {dataset.name} has {len(dataset)} images, got n = {n}.")
    return replace(dataset, images=dataset.images[:n], labels=dataset.labels[:n])
