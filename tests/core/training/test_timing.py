import pytest
import torch

from core.device import Place
from core.training import timing as module
from core.training.cost import cost_of
from core.training.settings import Settings
from core.training.timing import time_step

SETTINGS = Settings(data="digits", defense="adv", recipe="fast", width=0.02, batch_size=8, attack_steps=2)
TRAINING = SETTINGS.training(Place())
COST = cost_of(TRAINING)


def test_a_small_step_is_measured_whole() -> None:
    timing = time_step(TRAINING, COST, Place())
    assert (timing.images, timing.share, timing.memory) == (8, 8, None)
    assert timing.seconds is not None
    assert timing.seconds > 0


def test_of_a_large_step_as_many_images_as_a_cpu_does_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def clock(training: object, cost: object, place: object, images: int) -> float:
        asked.append(images)
        return 0.5

    monkeypatch.setattr(module, "_seconds", clock)
    for room, images in ((0.0, 1), (3.5, 3), (1e9, 8)):
        monkeypatch.setattr(module, "TRIAL", room * COST.step_flops)
        assert time_step(TRAINING, COST, Place()).seconds == pytest.approx(0.5 * 8 / images)
    assert asked == [1, 3, 8]


def test_a_process_takes_its_share() -> None:
    assert time_step(TRAINING, COST, Place(world=2)).share == 4


def test_a_step_that_does_not_fit_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> float:
        raise torch.OutOfMemoryError("no room")

    monkeypatch.setattr(module, "_seconds", full)
    assert time_step(TRAINING, COST, Place()).seconds is None


def test_no_draw_outside_changes() -> None:
    before = torch.get_rng_state()
    time_step(TRAINING, COST, Place())
    assert torch.equal(torch.get_rng_state(), before)
