"""How long a step of a training takes on this device: one real step, on random images."""

import time
from dataclasses import dataclass, replace

import torch
from torch.optim import SGD

from core.device import Place
from core.models import build_model
from core.seeding import generator, seeded
from core.training.cost import Cost
from core.training.loop import Update
from core.training.training import Training

TRIAL = 2e11  # operations that a CPU is asked for: some seconds. CUDA takes a whole step


@dataclass(frozen=True, kw_only=True)
class Timing:
    """What was measured.

    Args:
        seconds: of one whole step at full strength; None where it does not fit into the device's memory.
        images: that the step was tried with.
        share: images of a whole step that one process takes.
        memory: most bytes in use on a CUDA device, the training images left out; None elsewhere.
    """

    seconds: float | None
    images: int
    share: int
    memory: int | None = None


def time_step(training: Training, cost: Cost, place: Place) -> Timing:
    """One update of random weights as the loop does it, after warm-up and ramp; not compiled, no process waited for."""
    share, cuda = max(1, min(training.recipe.batch_size, cost.train_count) // place.world), place.device.type == "cuda"
    images = share if cuda else max(1, min(share, int(TRIAL // cost.step_flops)))
    try:
        seconds = _seconds(training, cost, replace(place, rank=0, world=1, compiled=False), images)
    except torch.OutOfMemoryError:
        return Timing(seconds=None, images=images, share=share)
    memory = torch.cuda.max_memory_allocated(place.device) if cuda else None
    return Timing(seconds=seconds * share / images, images=images, share=share, memory=memory)


def _seconds(training: Training, cost: Cost, place: Place, images: int) -> float:
    """Of the second of two steps: the first one loads what both use."""
    recipe, size, draws = training.recipe, cost.image_size, generator(training.seed, "timing")
    with seeded(training.seed, "weights"):
        model = build_model(training.network, num_classes=cost.classes, image_size=size, width=training.width)
    model = model.to(place.device).to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    optimizer = SGD(model.parameters(), recipe.learning_rate, recipe.momentum, weight_decay=recipe.weight_decay)
    update = Update(model, optimizer, training.objective(), recipe, training.seed, place)
    x = (
        torch.rand(images, 3, size, size, generator=draws)
        .to(place.device)
        .contiguous(memory_format=torch.channels_last)
    )
    y = torch.randint(cost.classes, (images,), generator=draws).to(place.device)
    with torch.random.fork_rng():
        for _ in range(2):
            started = time.perf_counter()
            update(x, y, 0, recipe.warmup_epochs + recipe.ramp_epochs)  # its row of numbers waits for the device
    return time.perf_counter() - started
