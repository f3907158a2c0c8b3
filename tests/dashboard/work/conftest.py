"""Every test has runs of its own, in which nothing goes on any more when it ends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.work import jobs


@pytest.fixture(autouse=True)
def own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path))
    yield tmp_path
    for job in jobs.jobs():
        jobs.stop(job)
