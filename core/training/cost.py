"""What a training costs, before it is made: images, passes through the network, floating-point operations, bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from core.attacks.counting import Counted
from core.datasets import DATASETS, count_classes, load_dataset
from core.errors import InputError
from core.models import PooledLinear, Staged, build_model
from core.seeding import generator, seeded
from core.training.objective import Objective
from core.training.training import Training
from core.types import Classifier, Images, Logits


@dataclass(frozen=True, kw_only=True)
class Extent:
    """How much data a training takes.

    Args:
        train_count, test_count: images.
        classes: of them.
        image_size: side of the square images, in pixels.
    """

    train_count: int
    test_count: int
    classes: int
    image_size: int


@dataclass(frozen=True, kw_only=True)
class Work:
    """Passes through a network, or what each of them takes.

    Args:
        forwards: from pixels to logits.
        gradients: back from the logits to the pixels, for the attack.
        updates: back from the logits to the weights.
    """

    forwards: int
    gradients: int
    updates: int


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a whole training takes, its test afterwards left out.

    Args:
        parameters: of the network.
        steps: over all epochs.
        images: shown to the network over all epochs.
        passes: of single images, in all.
        flops: of one image on each of the three ways; a multiplication with its addition is two.
        train_bytes: of the training images, which lie on the device, in float32.
        checkpoint_bytes: of a checkpoint, with momentum where the recipe has any.
        weights_bytes: of the trained weights in float32; half of it in half precision.
    """

    parameters: int
    steps: int
    images: int
    passes: Work
    flops: Work
    train_bytes: int
    checkpoint_bytes: int
    weights_bytes: int

    @property
    def total_flops(self) -> int:
        """Floating-point operations of all passes."""
        return total(self.passes, self.flops)


def extent_of(data: str, classes: int | None = None, root: Path | None = None) -> Extent:
    """What can be said of the data without loading them, and after loading where nothing can be said otherwise.

    Args:
        data: the data set's name.
        classes: that the training asks for; None is those at hand, else as many as published.
        root: folder of the data sets.
    Raises:
        InputError: an unknown name, more classes than there are, or data that must be here to be known and are not.
    """
    info = DATASETS[data].info
    if info.num_classes is None or info.train_count is None or info.test_count is None:
        here = load_dataset(data, "train", root)
        return Extent(
            train_count=len(here), test_count=len(here), classes=len(here.class_names), image_size=here.image_size
        )
    taken = classes or count_classes(data, root) or info.num_classes
    most = info.num_classes
    if taken > most or (taken != most and DATASETS[data].classes is None):
        raise InputError(f"{info.title} has {most} classes, got {taken}; give another --classes, or none.")
    train_count, test_count = (n * taken // info.num_classes for n in (info.train_count, info.test_count))
    return Extent(train_count=train_count, test_count=test_count, classes=taken, image_size=info.image_size)


def cost_of(training: Training, extent: Extent) -> Cost:
    """The cost of a training on so much data; nothing is loaded or computed but shapes.

    Raises:
        InputError: an epsilon that is no radius, or a network that does not exist in this width.
    """
    recipe, objective = training.recipe, training.objective()
    batch = min(recipe.batch_size, extent.train_count)
    per_epoch = extent.train_count // batch
    steps = recipe.epochs * per_epoch
    idle = len(list(takewhile(lambda step: recipe.strength(step / per_epoch) == 0, range(steps))))
    attacked, calm = work_of(objective), work_of(objective.at_strength(0))
    shape = (training.network, training.width, extent.classes, extent.image_size)
    model = outline(*shape)
    parameters, weights = list(model.parameters()), size(model.state_dict().values())
    return Cost(
        parameters=sum(p.numel() for p in parameters),
        steps=steps,
        images=steps * batch,
        passes=combined((batch * (steps - idle), attacked), (batch * idle, calm)),
        flops=flops_of(*shape),
        train_bytes=extent.train_count * 3 * extent.image_size**2 * 4,
        checkpoint_bytes=weights + (size(parameters) if recipe.momentum else 0),
        weights_bytes=weights,
    )


def work_of(objective: Objective) -> Work:
    """Passes of one image in one step, counted while the objective runs; they are the same for every network."""
    model = Taught(_stand_in())
    x, y = torch.zeros(1, 3, 8, 8), torch.zeros(1, dtype=torch.long)
    objective(model, x, y, generator=generator(0)).total.backward()  # type: ignore[arg-type]  # called as one
    seen = model.passes
    return Work(forwards=seen.forwards, gradients=seen.gradients, updates=model.backwards - seen.gradients)


def flops_of(network: str, width: float, classes: int, image_size: int) -> Work:
    """Floating-point operations of one image on each of the three ways, counted by torch on shapes alone."""
    model = outline(network, width, classes, image_size).train()
    x = torch.empty(1, 3, image_size, image_size, device="meta")
    with FlopCounterMode(display=False) as forward:
        model(x)
    with FlopCounterMode(display=False) as update:
        model(x).sum().backward()
    model.requires_grad_(False)
    with FlopCounterMode(display=False) as gradient:
        model(x.requires_grad_(True)).sum().backward()
    once = forward.get_total_flops()
    return Work(forwards=once, gradients=gradient.get_total_flops() - once, updates=update.get_total_flops() - once)


def combined(*parts: tuple[int, Work]) -> Work:
    """The sum of the works, each so many times."""
    return Work(
        forwards=sum(n * work.forwards for n, work in parts),
        gradients=sum(n * work.gradients for n, work in parts),
        updates=sum(n * work.updates for n, work in parts),
    )


def total(passes: Work, flops: Work) -> int:
    """Operations of so many passes at so many operations each."""
    return passes.forwards * flops.forwards + passes.gradients * flops.gradients + passes.updates * flops.updates


def outline(network: str, width: float, classes: int, image_size: int) -> Staged:
    """The network without numbers: names and shapes of its weights."""
    with torch.device("meta"):
        return build_model(network, num_classes=classes, image_size=image_size, width=width)


def size(tensors: Iterable[Tensor]) -> int:
    """Bytes of the tensors."""
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


class Taught(Counted):
    """Counts also the backward passes that leave the logits, in `backwards`: the attack's and those to the weights."""

    def __init__(self, model: Classifier) -> None:
        super().__init__(model)
        self.backwards = 0

    def __call__(self, x: Images) -> Logits:
        logits = super().__call__(x)
        if logits.requires_grad:
            logits.register_hook(self._back)
        return logits

    def _back(self, gradient: Tensor) -> None:
        self.backwards += len(gradient)


def _stand_in() -> Staged:
    with seeded(0, "weights"):
        return Staged([("conv", nn.Conv2d(3, 2, 3)), ("classifier", PooledLinear(2, 2, max_pool=False))], "conv")
