"""What the images of a table said, on disk batch by batch: what is done is not done again, damage is not believed."""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pandas as pd

from core import store

Rows = Mapping[str, pd.DataFrame]  # tables by name, with rows for every image


@dataclass(frozen=True)
class Parts:
    """Where one experiment keeps its batches: a parquet a batch and table, its digest in its name.

    Parquet notices most damage but not all of it, so what does not fit its digest counts as not there. Whoever names
    the folder sees to it that one name means one experiment.

    Args:
        folder: need not be there; None keeps nothing.
        names: of the tables of every batch.
    """

    folder: Path | None
    names: tuple[str, ...]

    def load(self, start: int) -> Rows | None:
        """The rows of the batch that begins at image `start`; None unless every table is there and whole."""
        found = {name: self._table(name, start) for name in self.names}
        whole = {name: table for name, table in found.items() if table is not None}
        return whole if len(whole) == len(found) else None

    def save(self, start: int, rows: Rows) -> None:
        """Keep the rows of a batch, each table whole or not at all."""
        if self.folder is None:
            return
        for name in self.names:
            data = rows[name].to_parquet(index=False, compression="zstd")
            with store.writing(self.folder / f"{_stem(name, start)}{_digest(data)}.parquet") as temporary:
                temporary.write_bytes(data)

    def drop(self) -> None:
        """Forget every batch."""
        if self.folder is not None and self.folder.is_dir():
            shutil.rmtree(self.folder)

    def _table(self, name: str, start: int) -> pd.DataFrame | None:
        for path in sorted(self.folder.glob(f"{_stem(name, start)}*.parquet")) if self.folder else ():
            data = path.read_bytes()
            if path.name == f"{_stem(name, start)}{_digest(data)}.parquet":
                return pd.read_parquet(BytesIO(data))
        return None


def _stem(name: str, start: int) -> str:
    return f"{name}-{start:06d}-"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
