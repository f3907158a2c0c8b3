"""How long a step of a training takes on this device: a few real ones, on random images."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch.optim import SGD

from core.device import Place
from core.models import Staged, build_model
from core.seeding import generator, seeded
from core.training.cost import Extent, flops_of, total, work_of
from core.training.loop import Update
from core.training.training import Training

LIMIT = 8.0  # seconds after which no further step is begun
REPEATS = 4  # of a whole step


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A step that is small enough to be tried.

    Args:
        images: of a whole step's, or all.
        attack_steps: of the attack inside, one or all.
    """

    images: int
    attack_steps: int


@dataclass(frozen=True, kw_only=True)
class Timing:
    """What was measured.

    Args:
        flops_per_second: at which the trial ran; None where not even the smallest step fits into the device's memory.
        seconds: of one whole step at full strength, at that speed.
        trial: the largest step that was measured.
        share: images of a whole step that one process takes.
        memory: most bytes in use on a CUDA device during the trial, the training images left out; None elsewhere.
        fits: False where a larger step did not fit into the device's memory.
    """

    flops_per_second: float | None
    seconds: float | None
    trial: Trial
    share: int
    memory: int | None
    fits: bool


def time_step(training: Training, extent: Extent, place: Place, limit: float = LIMIT) -> Timing:
    """Measure ever larger steps until one is whole or the next would take too long.

    Args:
        training: whose network, objective, precision and batch are used, with random weights.
        extent: size of the images, number of classes and of images.
        place: the device. The network is not compiled, and no other process is waited for.
        limit: in seconds, about.
    """
    share = max(1, min(training.recipe.batch_size, extent.train_count) // place.world)
    place = replace(place, rank=0, world=1, compiled=False)
    cuda = place.device.type == "cuda"
    if cuda:
        torch.cuda.reset_peak_memory_stats(place.device)
    runs, fits = _tried(training, extent, place, share, limit)
    trial = runs[-1][0] if runs else Trial(images=1, attack_steps=1)
    speed = _flops(training, extent, trial) / _median(trial, runs) if runs else None
    whole = Trial(images=share, attack_steps=training.recipe.attack_steps)
    return Timing(
        flops_per_second=speed,
        seconds=None if speed is None else _flops(training, extent, whole) / speed,
        trial=trial,
        share=share,
        memory=torch.cuda.max_memory_allocated(place.device) if cuda else None,
        fits=fits,
    )


def _tried(
    training: Training, extent: Extent, place: Place, share: int, limit: float
) -> tuple[list[tuple[Trial, float]], bool]:
    """Every trial with its seconds, and whether all of them fitted into memory."""
    runs: list[tuple[Trial, float]] = []
    spent, speed = 0.0, float("inf")  # before the first, nothing is known that would speak against it
    try:
        model = _network(training, extent, place)
        for trial in _growing(share, training.recipe.attack_steps):
            flops = _flops(training, extent, trial)
            if spent + flops / speed > limit:
                break
            runs.append((trial, _seconds(training, extent, place, model, trial)))
            spent, speed = spent + runs[-1][1], flops / runs[-1][1]
    except torch.OutOfMemoryError:
        return runs, False
    return runs, True


def _growing(share: int, attack_steps: int) -> Iterator[Trial]:
    """From the smallest step, twice since the first one loads what the others use, to the whole one, several times."""
    yield from [Trial(images=1, attack_steps=1)] * 2
    images = 1
    while images < share:
        yield Trial(images=images, attack_steps=attack_steps)
        images *= 2
    yield from [Trial(images=share, attack_steps=attack_steps)] * REPEATS


def _seconds(training: Training, extent: Extent, place: Place, model: Staged, trial: Trial) -> float:
    """One update of the weights on random images, as the loop does it, after warm-up and ramp."""
    recipe = replace(training.recipe, attack_steps=trial.attack_steps)
    draws = generator(training.seed, "timing")
    x = torch.rand(trial.images, 3, extent.image_size, extent.image_size, generator=draws).to(place.device)
    y = torch.randint(extent.classes, (trial.images,), generator=draws).to(place.device)
    optimizer = SGD(model.parameters(), recipe.learning_rate, recipe.momentum, weight_decay=recipe.weight_decay)
    objective = replace(training, recipe=recipe).objective()
    update = Update(place.wrap(model), optimizer, objective, recipe, training.seed, place)
    with torch.random.fork_rng():
        started = time.perf_counter()
        update(x.contiguous(memory_format=torch.channels_last), y, 0, recipe.warmup_epochs + recipe.ramp_epochs)
        return time.perf_counter() - started  # the row of numbers that the update returns waits for the device


def _network(training: Training, extent: Extent, place: Place) -> Staged:
    with seeded(training.seed, "weights"):
        model = build_model(
            training.network, num_classes=extent.classes, image_size=extent.image_size, width=training.width
        )
    return model.to(place.device).to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]


def _median(trial: Trial, runs: list[tuple[Trial, float]]) -> float:
    """Seconds of the trial; of several runs the first one, which prepares the others, does not count."""
    times = [seconds for tried, seconds in runs if tried == trial]
    return statistics.median(times[1:] or times)


def _flops(training: Training, extent: Extent, trial: Trial) -> float:
    recipe = replace(training.recipe, attack_steps=trial.attack_steps)
    flops = flops_of(training.network, training.width, extent.classes, extent.image_size)
    return trial.images * total(work_of(replace(training, recipe=recipe).objective()), flops)
