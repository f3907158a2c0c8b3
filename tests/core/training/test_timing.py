import pytest
import torch

from core.training import Place
from core.training import timing as module
from core.training.cost import Extent, flops_of, total, work_of
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


def test_without_time_the_smallest_step_stands_for_the_whole() -> None:
    timing = time_step(TRAINING, EXTENT, Place(), limit=0.0)
    assert timing.trial == Trial(images=1, attack_steps=1)
    assert timing.seconds is not None
    assert timing.flops_per_second is not None
    whole = 8 * total(work_of(TRAINING.objective()), flops_of("vgg16", 0.02, 4, 32))
    assert timing.seconds * timing.flops_per_second == pytest.approx(whole)


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
