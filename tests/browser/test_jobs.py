"""JOB-1, JOB-2, JOB-3 and U16 in a real browser: long work outlives page and server, is one, and is told truly."""

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.actions import keyed
from tests.browser.driver import PATIENCE, App, running_app
from tests.dashboard.programs import wait_until

pytestmark = pytest.mark.browser
DRAWING = {"data": "digits", "model": "digits-vgg16-adv", "compare": "none", "attack": "none", "image": 11}
STORED = {"data": "shapes", "model": "shapes-vgg16-adv", "image": 0}  # pictures come with the project: the form is shut


@pytest.fixture
def windows(chromium: Browser) -> Iterator[tuple[Page, Page]]:
    """Two browsers that have nothing in common; a server that is killed is no fault of theirs."""
    contexts = [chromium.new_context(viewport={"width": 1280, "height": 900}) for _ in range(2)]
    for context in contexts:
        context.set_default_timeout(1000 * PATIENCE)
    yield contexts[0].new_page(), contexts[1].new_page()
    for context in contexts:
        context.close()


def processes(folder: Path) -> list[int]:
    """Of all jobs that were ever started there."""
    return [json.loads(path.read_text())["pid"] for path in folder.glob("runs/jobs/*/process.json")]


def begin(page: Page, app: App, steps: int, **parameters: object) -> int:
    """Start a small drawing and hold its process, so that it ends only when the test lets it go."""
    page.goto(app.url("visualize", **DRAWING | parameters))
    field = page.get_by_role("spinbutton", name="Steps of Adam")
    expect(keyed(page, "form")).to_be_visible()
    if not field.is_visible():
        keyed(page, "form").locator("summary").first.click()
    field.fill(str(steps))
    field.press("Enter")
    expect(keyed(page, "form").locator("code").last).to_contain_text(f"steps {steps}")
    before = processes(app.folder)
    keyed(page, "work_visualize").get_by_role("button").click()
    wait_until(lambda: len(processes(app.folder)) > len(before))
    (pid,) = set(processes(app.folder)) - set(before)
    os.kill(pid, signal.SIGSTOP)
    expect(keyed(page, "stop_visualize")).to_be_visible()
    return pid


def test_job_1_and_3_work_outlives_page_and_server_and_is_one(tmp_path: Path, windows: tuple[Page, Page]) -> None:
    page, other = windows
    with running_app(tmp_path) as app:
        pid = begin(page, app, steps=16)
        expect(page).to_have_url(re.compile("job="))
        page.reload()
        expect(keyed(page, "stop_visualize")).to_be_visible()
        other.goto(app.url("visualize", **DRAWING))
        expect(keyed(other, "stop_visualize")).to_be_visible()
        expect(keyed(other, "work_visualize")).to_have_count(0)
        app.process.kill()
    with running_app(tmp_path, port=app.port):
        page.reload()
        expect(keyed(page, "stop_visualize")).to_be_visible()
        assert processes(tmp_path) == [pid]
        os.kill(pid, signal.SIGCONT)
        expect(keyed(page, "strip_pictures").locator("img").first).to_be_visible()
        expect(page).to_have_url(re.compile("run=digits-vgg16-adv"))
        expect(keyed(page, "provenance")).to_contain_text("16 steps of Adam")


def test_job_2_and_u16_what_ended_it_is_told(app: App, windows: tuple[Page, Page]) -> None:
    page, other = windows
    begin(page, app, steps=32, **STORED)
    other.goto(app.url("visualize", **DRAWING | STORED))
    expect(keyed(other, "strip_pictures").locator("img").first).to_be_visible()
    keyed(other, "stop_visualize").get_by_role("button").click()
    expect(page.get_by_text("It was stopped from another window.")).to_be_visible()
    expect(keyed(other, "work_visualize")).to_have_count(1)
    expect(other.get_by_text("stopped from another window")).to_have_count(0)
    pid = begin(page, app, steps=48, **STORED)
    os.kill(pid, signal.SIGKILL)
    expect(page.get_by_text("It was killed from outside")).to_be_visible()
