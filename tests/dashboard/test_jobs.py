import time

from dashboard.jobs import Job


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
    job = ended(Job("sweep", "no-such-model"))
    assert "no-such-model" in job.problem
    assert "Traceback" not in job.problem
