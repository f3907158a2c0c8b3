"""What pages say of long work: seen wherever it was started, opened for who asked, told where it ended otherwise."""

import os
import shlex
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.cli.command import command_named
from core.cli.options import command_of, parse
from core.job import PROCESS, normal, read, write_result
from core.models import load_card
from dashboard.work import jobs
from tests.dashboard import programs
from tests.dashboard.conftest import started

Opened = Callable[..., AppTest]
SHAPES = {"data": "shapes", "model": "shapes-vgg16-adv"}
PAGES = ("clusters", "bottleneck", "channels", "visualize", "attacks")


@pytest.fixture
def working(opened: Opened, own_runs: Path, monkeypatch: pytest.MonkeyPatch, half_done: None) -> Iterator[Opened]:
    """`opened`, where work gets to 200 of 500, with runs that no other test sees."""
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(own_runs / "pages"))
    yield opened
    for job in jobs.jobs():
        jobs.stop(job)


@pytest.mark.parametrize("page", PAGES)
def test_every_form_asks_for_a_command_that_the_command_line_takes(page: str, working: Opened) -> None:
    app = working(page, **SHAPES)
    app.button(key=f"work_{page}").click().run()
    job = started(page, "shapes-vgg16-adv")
    assert any(f"python -m core {page} shapes-vgg16-adv" in code.value for code in app.code)
    card = load_card("shapes-vgg16-adv")
    asked = parse(page, job.command[2:], card, command_named(page).questions)
    assert normal(command_of(asked.experiment, card)) == normal(job.command)


@pytest.mark.parametrize("page", PAGES)
def test_work_is_seen_from_another_window_in_an_open_form(page: str, working: Opened) -> None:
    app = working(page, **SHAPES)
    app.button(key=f"work_{page}").click().run()
    started(page, "shapes-vgg16-adv")
    other = working(page, **SHAPES)
    assert "200 of 500" in other.get("progress")[0].proto.text
    (form,) = (fold for fold in other.expander if "fold_" not in fold.proto.id)
    assert form.proto.expanded
    elsewhere = working(page, data="digits", model="digits-vgg16-adv")
    assert not elsewhere.get("progress"), "it is another model's"


def test_progress_names_what_is_at_work_not_what_is_looked_at(working: Opened) -> None:
    working("visualize", **SHAPES, image="9").button(key="work_visualize").click().run()
    job = started("visualize", "shapes-vgg16-adv")
    shown = [code.value for code in working("visualize", **SHAPES, image="3").code]
    assert shlex.join(("python", "-m", "core", *job.command)) in shown
    assert " 9" in shlex.join(job.command)


def test_job_1_a_reloaded_page_opens_what_was_made(working: Opened) -> None:
    """The address keeps what this window waits for; whoever only looked on keeps what is shown."""
    app = working("bottleneck", **SHAPES)
    app.button(key="work_bottleneck").click().run()
    job = started("bottleneck", "shapes-vgg16-adv")
    assert app.query_params["job"] == job.id
    write_result(job.folder, folder="runs/bottleneck/made-1234")
    reloaded = working("bottleneck", **SHAPES, job=job.id)
    assert reloaded.query_params["run"] == "made-1234"
    assert "job" not in reloaded.query_params
    other = working("bottleneck", **SHAPES)
    assert "run" not in other.query_params


def test_u16_a_stop_from_another_window_is_told(working: Opened) -> None:
    mine, other = working("bottleneck", **SHAPES), working("bottleneck", **SHAPES)
    mine.button(key="work_bottleneck").click().run()
    started("bottleneck", "shapes-vgg16-adv")
    other.run()
    other.button(key="stop_bottleneck").click().run()
    assert not any("stopped" in info.value for info in other.info)
    mine.run()
    assert any("stopped from another window" in info.value for info in mine.info)
    stranger = working("bottleneck", **SHAPES)
    assert not any("stopped" in info.value for info in stranger.info)
    assert stranger.button(key="work_bottleneck").label == "Compute"


def test_job_2_a_kill_is_told_on_the_page(working: Opened) -> None:
    app = working("bottleneck", **SHAPES)
    app.button(key="work_bottleneck").click().run()
    job = started("bottleneck", "shapes-vgg16-adv")
    os.kill(read(job.folder, PROCESS)["pid"], signal.SIGKILL)
    programs.ended(job)
    app.run()
    assert "was killed" in app.error[0].value
    app.button(key="work_bottleneck").click().run()
    assert not app.error
    assert started("bottleneck", "shapes-vgg16-adv").done == 200


def test_what_cannot_be_started_is_told_on_the_page(working: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    app = working("bottleneck", **SHAPES)
    monkeypatch.setattr(jobs, "PROGRAM", ("no-such-program",))
    app.button(key="work_bottleneck").click().run()
    assert "cannot be started" in app.error[0].value


@pytest.mark.parametrize("id", ["no-such-job", "..", "%2e%2e", "a" * 400])
def test_an_address_with_another_job_hurts_nothing(id: str, working: Opened) -> None:
    assert not working("bottleneck", **SHAPES, job=id).error
