"""What every test shares: one thread, runs in a temporary folder, nothing written into the project, real data."""

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
CACHES = {".git", ".venv", ".pytest_cache", "__pycache__"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

# Before torch is imported: one thread, so that results depend on no machine's number of cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")


class WroteIntoProject(Exception):
    """A test, or what it calls, was about to change the project itself. Write to `tmp_path`."""


def _forbid_writing(event: str, arguments: tuple[object, ...]) -> None:
    if not _guarding:
        return
    if event == "open":
        path, _, flags = arguments
        paths = [path] if isinstance(flags, int) and flags & WRITING else []
    elif event in ("os.mkdir", "os.rmdir", "os.remove"):
        paths = [arguments[0]] if arguments[-1] == -1 else []  # else: inside a folder, as rmtree does
    elif event in ("os.truncate", "shutil.rmtree"):
        paths = [arguments[0]]
    elif event in ("os.rename", "os.link", "os.symlink"):
        paths = [arguments[0], arguments[1]]
    else:
        return
    for path in paths:
        if isinstance(path, (str, bytes, Path)) and _in_project(os.fsdecode(path)):
            raise WroteIntoProject(f"{event} {os.fsdecode(path)}")


def _in_project(path: str) -> bool:
    parts = Path(os.path.abspath(path)).parts
    return parts[: len(PROJECT.parts)] == PROJECT.parts and not CACHES.intersection(parts[len(PROJECT.parts) :])


_guarding: list[bool] = []  # while tests run; before and after them pytest makes its own cache
sys.addaudithook(_forbid_writing)


@pytest.fixture(scope="session", autouse=True)
def _runs_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Runs of this session, and of the processes it starts, go to a temporary folder, and nothing into the project."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path_factory.mktemp("runs")))
        _guarding.append(True)
        yield
        _guarding.clear()


@pytest.fixture(autouse=True)
def _seeded() -> None:
    """The global states that new layers and libraries draw from; the project's own randomness is an argument."""
    random.seed(0)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)


@pytest.fixture(scope="session")
def cifar10_root() -> Path:
    """The data root, where CIFAR-10 lies in it; otherwise the test is skipped."""
    from core.datasets import is_available
    from core.store import data_root

    if not is_available("cifar10"):
        pytest.skip(f"CIFAR-10 is not in {data_root()}; `python -m core data fetch cifar10` gets it")
    return data_root()
