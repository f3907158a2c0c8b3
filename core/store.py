"""The only module that knows where data, models, runs and stored results lie, and how a file comes into being whole."""

import ctypes
import json
import os
import platform
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


def runs(subject: str) -> list[Path]:
    """Folders of a subject's runs, the newest manifest first. What a killed process left half-written is none."""
    folder = runs_root() / subject
    restore(folder)
    found = [path for path in folder.glob("*") if path.is_dir() and not path.name.startswith(".")]
    return sorted(found, key=_time, reverse=True)


def _time(run: Path) -> float:
    """Seconds since 1970 at which its manifest was written; the run's own where it has none."""
    file = run / "manifest.json"
    return (file if file.is_file() else run).stat().st_mtime


def jobs_root() -> Path:
    """Where long work keeps its log, progress and end, a folder each."""
    return runs_root() / "jobs"


def job_folder() -> Path | None:
    """The folder of the long work that this process does, FEATURE_SIEVE_JOB; None where it is nobody's job."""
    given = os.environ.get("FEATURE_SIEVE_JOB")
    return Path(given) if given else None


def job_environment(folder: Path) -> dict[str, str]:
    """What a process inherits that does the work of `folder`, wherever it is started from."""
    places = {"JOB": folder, "RUNS": runs_root(), "DATA": data_root()}
    return {f"FEATURE_SIEVE_{name}": str(place.absolute()) for name, place in places.items()}


@contextmanager
def in_job(folder: Path) -> Iterator[None]:
    """This process does the work of `folder`."""
    os.environ["FEATURE_SIEVE_JOB"] = str(folder.absolute())
    try:
        yield
    finally:
        del os.environ["FEATURE_SIEVE_JOB"]


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` and rename it last, so that `path` is the old file or the new one, whole.

    The temporary path may become a file or a folder. After an error, also one of the last rename, the old is still
    there and nothing is left behind. A process killed at any moment leaves the old or the new under the name; on file
    systems that cannot exchange two names, possibly not before the next `writing` or `runs` there.

    Raises:
        FileNotFoundError: nothing was written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    restore(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        if not temporary.exists():
            raise FileNotFoundError(f"Nothing was written for {path}; what was there before is still there.")
        _flush(temporary)
        _put(temporary, path)
    finally:
        _remove(temporary)


def restore(folder: Path) -> None:
    """Give every folder in it its name back that a process killed between two renames left aside."""
    for aside in folder.glob(".*.old"):
        path = folder / aside.name.removeprefix(".").removesuffix(".old")
        if not path.exists():
            with suppress(OSError):  # somebody else was quicker, or the folder is read-only
                os.replace(aside, path)


def _put(new: Path, path: Path) -> None:
    """Give `new` the name `path`; a folder that bears it now bears that of `new` afterwards, or is gone."""
    try:
        os.replace(new, path)
    except OSError:
        if not path.exists() or not (path.is_dir() or new.is_dir()):
            raise
        if not _exchange(new, path):  # no rename replaces a folder
            _replace_in_two(new, path)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names at once; False where system or file system cannot. Linux, renameat2(2)."""
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    here, swap = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return renameat2 is not None and renameat2(here, os.fsencode(one), here, os.fsencode(other), swap) == 0


def _replace_in_two(new: Path, path: Path) -> None:
    """Move `path` aside, then `new` in its place; a fault in between puts it back, and after a kill `restore` does."""
    aside = path.with_name(f".{path.name}.old")
    _remove(aside)
    os.replace(path, aside)
    try:
        os.replace(new, path)
    except OSError:
        if not path.exists():
            os.replace(aside, path)
        raise
    _remove(aside)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


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
