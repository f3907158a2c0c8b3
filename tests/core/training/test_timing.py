from collections.abc import Iterator

import pytest
import torch

from core.device import Place
from core.training import timing as module
from core.training.cost import Extent, Work
from core.training.settings import Settings
from core.training.timing import Trial, time_step

EXTENT = Extent(train_count=40, test_count=10, classes=4, image_size=32)
TRAINING = Settings(data="digits", defense="adv", recipe="fast", width=0.02, batch_size=8, attack_steps=2).training(
    Place()
)


def test_a_small_step_is_measured_whole() -> None:
    timing = time_step(TRAINING, EXTENT, Place())
    assert (timing.trial, timing.share) == (Trial(images=8, attack_steps=2), 8)
    assert timing.fits
    assert timing.memory is None
    assert timing.seconds is not None
    assert timing.seconds > 0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Seconds that the next trials take, of a network whose image takes 12 operations at one attack step, 17 at two."""
    seconds: list[float] = []
    monkeypatch.setattr(module, "flops_of", lambda *shape: Work(forwards=2, gradients=3, updates=5))
    monkeypatch.setattr(module, "_seconds", lambda *arguments: seconds.pop(0))
    yield seconds
    assert not seconds


def test_without_time_the_smallest_step_stands_for_the_whole(clock: list[float]) -> None:
    clock += [0.6]
    timing = time_step(TRAINING, EXTENT, Place(), limit=0.0)
    assert timing.trial == Trial(images=1, attack_steps=1)
    assert timing.flops_per_second == pytest.approx(12 / 0.6)
    assert timing.seconds == pytest.approx(8 * 17 / 20)


def test_a_whole_step_takes_the_median_of_its_runs_but_for_the_first(clock: list[float]) -> None:
    clock += [0.5, 0.01, 0.01, 0.02, 0.03, *(0.9, 0.01, 0.05, 0.02)]
    timing = time_step(TRAINING, EXTENT, Place())
    assert timing.trial == Trial(images=8, attack_steps=2)
    assert timing.seconds == pytest.approx(0.02)
    assert timing.flops_per_second == pytest.approx(8 * 17 / 0.02)


def test_a_step_that_would_take_too_long_is_not_begun(clock: list[float]) -> None:
    """After 1 + 1 s, two attack steps take 17 / 12 s more: they fit into 4 s, and two images at 34 / 17 s do not."""
    clock += [1.0, 1.0, 1.0]
    timing = time_step(TRAINING, EXTENT, Place(), limit=4.0)
    assert timing.trial == Trial(images=1, attack_steps=2)
    assert timing.seconds == pytest.approx(8)


def test_a_process_takes_its_share() -> None:
    assert time_step(TRAINING, EXTENT, Place(world=2), limit=0.0).share == 4


def test_a_step_that_does_not_fit_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> float:
        trial = arguments[-1]
        assert isinstance(trial, Trial)
        if trial.images > room:
            raise torch.OutOfMemoryError("no room")
        return 1e-3

    monkeypatch.setattr(module, "_seconds", full)
    room = 2
    timing = time_step(TRAINING, EXTENT, Place())
    assert (timing.fits, timing.trial) == (False, Trial(images=2, attack_steps=2))
    room = 0
    timing = time_step(TRAINING, EXTENT, Place())
    assert (timing.fits, timing.seconds, timing.flops_per_second) == (False, None, None)


def test_no_draw_outside_changes() -> None:
    before = torch.get_rng_state()
    time_step(TRAINING, EXTENT, Place(), limit=0.0)
    assert torch.equal(torch.get_rng_state(), before)
