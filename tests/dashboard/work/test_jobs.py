import time
from pathlib import Path

import pytest

from dashboard.work.jobs import Job, preview_path


def ended(job: Job) -> Job:
    deadline = time.monotonic() + 120
    while (job.running or not job.told) and time.monotonic() < deadline:
        time.sleep(0.05)
    return job


def test_a_download_that_cannot_be_says_why_in_one_sentence() -> None:
    fetch = ended(Job("fetch", "folder"))
    assert not fetch.running
    assert "nothing to download" in fetch.problem
    assert "Traceback" not in fetch.problem


def test_a_download_can_be_stopped() -> None:
    fetch = Job("fetch", "folder")
    fetch.cancel()
    assert not fetch.running
    assert ended(fetch).problem == ""


def test_a_sweep_of_no_model_says_so_in_one_sentence() -> None:
    job = ended(Job("bottleneck", "no-such-model"))
    assert "no-such-model" in job.problem
    assert "Traceback" not in job.problem


def test_pictures_are_drawn_in_a_process_and_seen_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path))
    stale = preview_path("visualize", "digits-vgg16-adv")
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"of another image")
    options = {"images": [3], "more_seeds": [], "steps": 2, "attack": "none", "beta": 0.3, "cut": "", "seed": 0}
    job = Job("visualize", "digits-vgg16-adv", options)
    assert job.preview != b"of another image"
    assert ended(job).problem == ""
    assert job.done == job.total > 0
    assert (tmp_path / "visualize" / job.made / "strip.parquet").is_file()
    assert job.preview is None, "it goes with the work"
