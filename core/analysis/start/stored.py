"""Results that a survey left on disk, read without torch or scikit-learn: what the first screen shows at once."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import store
from core.errors import InputError
from core.registry import unknown_name

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class Stored:
    """One model's survey: `manifest` (what it was made of), `summary` (claims with their controls), both plain data;
    `images` and `channels`, the tables of `Survey`; `start`, the image of the first screen.
    """

    folder: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Model, data, settings, versions, date."""
        return _json(self.folder / "manifest.json")

    @cached_property
    def summary(self) -> dict[str, Any]:
        """As `core.analysis.start.findings.summary` returns it."""
        return _json(self.folder / "summary.json")

    @cached_property
    def images(self) -> "DataFrame":
        """A row an image."""
        return _table(self.folder / "images.parquet")

    @cached_property
    def channels(self) -> "DataFrame":
        """A row a channel."""
        return _table(self.folder / "channels.parquet")

    @cached_property
    def start(self) -> dict[str, Any] | None:
        """The record of one well chosen image, `rule` (how it was chosen) and `pictures` (name -> path of a PNG).

        None where the data set's images must not be stored.
        """
        path = self.folder / "start.json"
        if not path.is_file():
            return None
        found = _json(path)
        return {**found, "pictures": {name: self.folder / file for name, file in found["pictures"].items()}}


def stored_surveys() -> dict[str, Path]:
    """Folder by model name: shipped results, then those of the runs, the newest first; the first of a name counts.

    One that is damaged is left out.
    """
    shipped = sorted(store.RESULTS.glob("*/start/manifest.json"))
    made = [path for folder in store.runs("start") if (path := folder / "manifest.json").is_file()]
    found: dict[str, Path] = {}
    for path in (*shipped, *made):
        try:
            found.setdefault(str(_json(path)["model"]["name"]), path.parent)
        except InputError:
            continue
    return found


def stored_survey(model: str) -> Stored:
    """The survey of a model by its name.

    Raises:
        InputError: none is stored, with the command that makes one; or, on reading, a file that is damaged.
    """
    known = stored_surveys()
    if model not in known:
        raise InputError(
            f"{unknown_name('stored survey', model, known)} `python -m core start {model[:80]}` makes one."
        )
    return Stored(known[model])


def _json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _damaged(path) from error


def _table(path: Path) -> "DataFrame":
    import pandas as pd

    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's errors are ValueErrors
        raise _damaged(path) from error


def _damaged(path: Path) -> InputError:
    return InputError(
        f"The stored result {path} is missing or damaged; run `python -m core start` for its model again."
    )
