import time

from dashboard.jobs import Fetch


def ended(fetch: Fetch) -> Fetch:
    deadline = time.monotonic() + 120
    while (fetch.running or not fetch.told) and time.monotonic() < deadline:
        time.sleep(0.05)
    return fetch


def test_a_download_that_cannot_be_says_why_in_one_sentence() -> None:
    fetch = ended(Fetch("folder"))
    assert not fetch.running
    assert "nothing to download" in fetch.problem
    assert "Traceback" not in fetch.problem


def test_a_download_can_be_stopped() -> None:
    fetch = Fetch("folder")
    fetch.cancel()
    assert not fetch.running
    assert ended(fetch).problem == ""
