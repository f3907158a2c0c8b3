"""What a training costs, before it is made: images, passes through the network, floating-point operations, bytes."""

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
from core.types import Images, Logits

WAYS = ("forwards", "gradients", "updates")  # to the logits; from there back to the pixels, and back to the weights


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a whole training takes, its test afterwards left out.

    Args:
        train_count, test_count: images of the data.
        classes, image_size: of the data; the side in pixels.
        parameters: of the network.
        steps: over all epochs.
        images: shown over all epochs.
        passes: of single images in all, by way.
        flops: operations of one image, by way; a multiplication with its addition is two.
        step_flops: of one image in one step at full strength, with its attack.
        weights_bytes: of the trained weights in float32; half of it in half precision.
        checkpoint_bytes: with momentum where the recipe has any.
    """

    train_count: int
    test_count: int
    classes: int
    image_size: int
    parameters: int
    steps: int
    images: int
    passes: dict[str, int]
    flops: dict[str, int]
    step_flops: int
    weights_bytes: int
    checkpoint_bytes: int

    @property
    def total_flops(self) -> int:
        """Floating-point operations of all passes."""
        return sum(self.passes[way] * self.flops[way] for way in WAYS)


def cost_of(training: Training, classes: int | None = None, root: Path | None = None) -> Cost:
    """The cost of a training; nothing is loaded or computed but shapes, and the images of a folder of one's own.

    Args:
        training: the config.
        classes: that the data must have; None is those at hand, else as many as published.
        root: folder of the data sets.
    Raises:
        InputError: more classes than there are, data that must be here to be known and are not, an epsilon that is no
            radius, or a network that does not exist in this width.
    """
    extent = extent_of(training.data, classes, root)
    recipe, objective, count = training.recipe, training.objective(), extent["train_count"]
    batch = min(recipe.batch_size, count)
    steps = recipe.epochs * (count // batch)
    idle = len(list(takewhile(lambda step: recipe.strength(step / (count // batch)) == 0, range(steps))))
    attacked, calm = work_of(objective), work_of(objective.at_strength(0))
    with torch.device("meta"):  # shapes without numbers
        model = build_model(
            training.network, num_classes=extent["classes"], image_size=extent["image_size"], width=training.width
        )
    flops, parameters = flops_of(model, extent["image_size"]), sum(p.numel() for p in model.parameters())
    weights = sum(t.numel() * t.element_size() for t in model.state_dict().values())
    return Cost(
        **extent,
        parameters=parameters,
        steps=steps,
        images=steps * batch,
        passes={way: batch * ((steps - idle) * attacked[way] + idle * calm[way]) for way in WAYS},
        flops=flops,
        step_flops=sum(attacked[way] * flops[way] for way in WAYS),
        weights_bytes=weights,
        checkpoint_bytes=weights + 4 * parameters * (recipe.momentum > 0),
    )


def extent_of(data: str, classes: int | None, root: Path | None) -> dict[str, int]:
    """The first four numbers of a cost; after loading where nothing can be said otherwise."""
    info = DATASETS[data].info
    if info.num_classes is None or info.train_count is None or info.test_count is None:
        here = load_dataset(data, "train", root)
        counts, taken, size = (len(here), len(here)), len(here.class_names), here.image_size
    else:
        taken, most, size = classes or count_classes(data, root) or info.num_classes, info.num_classes, info.image_size
        if taken > most or (taken != most and DATASETS[data].classes is None):
            raise InputError(f"{info.title} has {most} classes, got {taken}; give another --classes, or none.")
        counts = (info.train_count * taken // most, info.test_count * taken // most)
    return {"train_count": counts[0], "test_count": counts[1], "classes": taken, "image_size": size}


def flops_of(model: Staged, image_size: int) -> dict[str, int]:
    """Operations of one image on each way, counted by torch on a network on the meta device."""
    x, found = torch.empty(1, 3, image_size, image_size, device="meta"), []
    for weights, pixels in ((False, False), (False, True), (True, False)):
        model.train().requires_grad_(weights)
        with FlopCounterMode(display=False) as counter:
            logits = model(x.requires_grad_(pixels))
            if logits.requires_grad:
                logits.sum().backward()
        found.append(counter.get_total_flops())
    return {"forwards": found[0], "gradients": found[1] - found[0], "updates": found[2] - found[0]}


def work_of(objective: Objective) -> dict[str, int]:
    """Passes of one image in one step, counted while the objective runs; they are the same for every network."""
    with seeded(0, "weights"):
        stages = [("conv", nn.Conv2d(3, 2, 3)), ("classifier", PooledLinear(2, 2, max_pool=False))]
        model = _Taught(Staged(stages, "conv"))
    x, y = torch.zeros(1, 3, 8, 8), torch.zeros(1, dtype=torch.long)
    objective(model, x, y, generator=generator(0)).total.backward()  # type: ignore[arg-type]  # called as one
    forwards, gradients = model.passes[:2]
    return {"forwards": forwards, "gradients": gradients, "updates": model.backwards - gradients}


class _Taught(Counted):
    """Counts also the backward passes that leave the logits, in `backwards`: the attack's and those to the weights."""

    backwards = 0

    def __call__(self, x: Images) -> Logits:
        logits = super().__call__(x)
        if logits.requires_grad:
            logits.register_hook(self._back)
        return logits

    def _back(self, gradient: Tensor) -> None:
        self.backwards += len(gradient)
