"""The only module that knows where data, models, runs and stored results lie, and how a file comes into being whole."""

import json
import os
import platform
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
ASSETS = PROJECT / "assets"
MODELS = ASSETS / "models"
RESULTS = ASSETS / "results"


def data_root(root: str | Path | None = None) -> Path:
    """Where data sets lie: the argument, else FEATURE_SIEVE_DATA, else `data/` in the project."""
    return Path(root or os.environ.get("FEATURE_SIEVE_DATA") or PROJECT / "data").expanduser()


def runs_root() -> Path:
    """Where runs are written: FEATURE_SIEVE_RUNS, else `runs/` in the project."""
    return Path(os.environ.get("FEATURE_SIEVE_RUNS") or PROJECT / "runs").expanduser()


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` and rename it last, so that `path` is the old file or the new one, whole.

    The temporary path may become a file or a folder. After an error nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    old = temporary.with_suffix(".old")
    try:
        yield temporary
        _flush(temporary)
        if path.is_dir():  # moved away first, so that no half-deleted folder ever bears the name
            os.replace(path, old)
        os.replace(temporary, path)
    finally:
        for leftover in (temporary, old):
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            leftover.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    if path.is_file():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def write_json(path: Path, data: Any) -> None:
    """Write `data` as indented JSON, whole or not at all. Raises ValueError on NaN and infinity, which JSON has not."""
    with writing(path) as temporary:
        temporary.write_text(json.dumps(data, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that numbers depend on."""
    found = {"python": platform.python_version()}
    for name in ("torch", "torchvision", "numpy", "scikit-learn"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def manifest(**conditions: Any) -> dict[str, Any]:
    """What must stand beside every artifact: the given conditions, library versions and the time it was made (UTC)."""
    made = datetime.now(UTC).isoformat(timespec="seconds")
    return {**conditions, "versions": versions(), "made": made}
