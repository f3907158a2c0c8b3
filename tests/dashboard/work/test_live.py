"""An answer that takes long is a job: begun by itself, stopped by a person, found by the page, also on a cold link."""

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.cli import main
from core.job import folder_of
from dashboard.answers import at_hand, cost, distilled, one_image
from dashboard.answers.image import looked_at
from dashboard.answers.question import question
from dashboard.answers.remember import MEMORY
from dashboard.selection.catalog import resolve
from dashboard.selection.state import Selection
from dashboard.work import jobs, live
from tests.dashboard import programs

Opened = Callable[..., AppTest]
SLOW = {"data": "digits", "model": "digits-vgg16-adv", "compare": "none", "image": "31", "attack": "square"}


@pytest.fixture
def slow(opened: Opened, tmp_path: Path, half_done: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """`opened` on a machine where a forward pass takes a second, with runs and memory of its own."""
    monkeypatch.setenv("FEATURE_SIEVE_RUNS", str(tmp_path))
    monkeypatch.setattr(cost, "_speed", lambda *_: cost.Speed(forward=1.0, gradient=2.0))
    MEMORY.clear()
    yield opened
    for job in jobs.jobs():
        jobs.stop(job)
    MEMORY.clear()


def texts(app: AppTest) -> str:
    return " ".join(part.value for part in (*app.info, *app.markdown, *app.caption))


def test_a_slow_attack_begins_by_itself_and_shows_progress_and_a_way_to_stop(slow: Opened) -> None:
    app = slow("explain", **SLOW)
    (job,) = jobs.jobs()
    assert job.command[:4] == ("explain", "digits-vgg16-adv", "--image", "31")
    assert "about 83 minutes" in texts(app)
    assert app.code[0].value == shlex.join(("python", "-m", "core", *job.command))
    programs.moving(job)
    app.run()
    assert "200 of 500" in app.get("progress")[0].proto.text
    assert not app.get("plotly_chart")
    app.button(key="stop_explain").click().run()
    assert jobs.find(job.id).state == "stopped"
    assert app.button(key="work_explain").label == "Compute it now"
    app.run()
    assert [one.id for one in jobs.jobs()] == [job.id], "what a person stopped does not begin by itself"


def test_another_image_ends_the_work_that_nobody_waits_for(slow: Opened) -> None:
    app = slow("explain", **SLOW)
    (first,) = jobs.jobs()
    programs.moving(first)
    app.button(key="next").click().run()
    assert app.query_params["image"] == "32"
    assert jobs.find(first.id).state == "stopped"
    assert len(jobs.jobs()) == 2


def test_what_the_command_kept_is_drawn_at_once(slow: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a link opened cold: nothing is attacked or distilled in the server."""
    link = {**SLOW, "attack": "pgd", "split_of": "own", "beta": "0.7", "seed": "2"}
    slow("explain", **link)
    (job,) = jobs.jobs()
    jobs.stop(job)
    assert main([*job.command]) == 0
    MEMORY.clear()

    def computes(*_: object, **__: object) -> None:
        raise AssertionError("this was computed before")

    monkeypatch.setattr(distilled.of_image, "attacked", computes)
    monkeypatch.setattr(distilled, "learn", computes)
    app = slow("explain", **link)
    assert not app.get("progress")
    assert not [box for box in app.info if "process of its own" in box.value]
    assert "computed live in" in texts(app)


def test_the_command_computes_what_the_page_asks(slow: Opened, in_world: Path) -> None:
    chosen = Selection(
        data="digits", model="digits-vgg16-adv", compare="none", image=5, attack="cw", steps=3, label="4"
    )
    selection, _ = resolve(chosen, at_hand.catalog())
    card, image = at_hand.catalog().cards[selection.model], looked_at(selection, at_hand.catalog())
    assert image is not None
    asked = question(selection, card, image)
    command = live.command(selection, asked, card, image)
    assert "cw:steps=3" in command
    assert "--epsilon" not in command
    assert main([*command]) == 0
    cost.recall(asked, card, image)
    before = cost.seconds(asked, card, image)
    assert before == 0.0
    kept = one_image.answer(asked, image).explanation
    MEMORY.clear()
    again = one_image.answer(asked, image).explanation
    assert torch.equal(kept.x_adv, again.x_adv)
    torch.testing.assert_close(kept.clean.split.noise_variance, again.clean.split.noise_variance, rtol=1e-2, atol=1e-8)
    assert folder_of(command) == folder_of(live.command(selection, asked, card, image))


def test_what_is_soon_known_has_no_job(opened: Opened) -> None:
    app = opened("explain", **{**SLOW, "attack": "pgd"})
    assert not [box for box in app.info if "process of its own" in box.value]
