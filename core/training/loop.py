"""The only training loop. A step draws what is random from the seed and its own number, so a resumed run is exact."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils import get_total_norm
from torch.optim import SGD

from core.datasets import Dataset
from core.device import Place
from core.errors import InputError
from core.seeding import derive_seed, generator
from core.training.augmentation import Augmentation
from core.training.batches import Batches
from core.training.checkpoint import Checkpoint
from core.training.metrics import Row
from core.training.objective import Loss, Objective
from core.training.recipe import Recipe
from core.types import Images, Labels, OnStep


def fit(
    model: nn.Module,
    objective: Objective,
    data: Dataset,
    recipe: Recipe,
    *,
    seed: int,
    augmentation: Augmentation | None = None,
    warmup: Dataset | None = None,
    place: Place | None = None,
    checkpoint: Checkpoint | None = None,
    resume: bool = False,
    on_step: OnStep | None = None,
    on_metrics: Callable[[Row], None] | None = None,
) -> None:
    """Train `model` in place and leave it in eval mode.

    Args:
        model: moved to the place's device, channels last in memory.
        objective: one of `DEFENSES` at its full radius.
        data: the training images.
        recipe: schedule and sizes.
        seed: of order, augmentation, attacks and dropout.
        augmentation: of every batch; None leaves the images as they are.
        warmup: what the recipe's warm-up epochs show instead of `data`, as many images; None shows `data` there too.
        place: device, precision and share of the work; None is this one process on the CPU.
        checkpoint: written after every epoch; None keeps nothing.
        resume: go on from the checkpoint where there is one.
        on_step: called as `on_step(done, total)`.
        on_metrics: called after every step with its row, of this process's share of the batch: step, epoch,
            learning_rate, strength, loss, accuracy, and the objective's terms.
    Raises:
        InputError: data that do not fit the recipe, a foreign or damaged checkpoint, a loss or weights that are not
            finite: the checkpoint then is that of the last epoch before.
    """
    place = place or Place()
    shown = Batches.of(data, recipe.batch_size, augmentation, seed, place)
    first = shown if warmup is None else Batches.of(warmup, recipe.batch_size, augmentation, seed, place)
    if first.per_epoch != shown.per_epoch:
        raise InputError(f"Warm-up data must have as many images as the data, {len(data)}, got {len(first.labels)}.")
    total, warm = recipe.epochs * shown.per_epoch, recipe.warmup_epochs * shown.per_epoch
    model.to(place.device).to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    optimizer = SGD(model.parameters(), recipe.learning_rate, recipe.momentum, weight_decay=recipe.weight_decay)
    done = checkpoint.load(model, optimizer) if checkpoint and resume else 0
    update = Update(place.wrap(model), optimizer, objective, recipe, seed, place)
    with torch.random.fork_rng():
        for step in range(done, total):
            x, y = (first if step < warm else shown)(step)
            row = update(x, y, step, step / shown.per_epoch)
            if on_metrics:
                on_metrics(row)
            if checkpoint and place.leads and (step + 1) % shown.per_epoch == 0:
                checkpoint.save(model, optimizer, step + 1)
            if on_step:
                on_step(step + 1, total)
    model.eval()


@dataclass(frozen=True)
class Update:
    """One update of the weights, called as `update(x, y, step, epoch) -> row`. Its fields are those of `fit`."""

    model: nn.Module
    optimizer: SGD
    objective: Objective
    recipe: Recipe
    seed: int
    place: Place

    def __call__(self, x: Images, y: Labels, step: int, epoch: float) -> Row:
        rate, strength = self.recipe.rate(epoch), self.recipe.strength(epoch)
        torch.manual_seed(derive_seed(self.seed, "dropout", step, self.place.rank))
        draws = generator(self.seed, "attack", step, self.place.rank)
        with self.place.autocast():
            loss = self.objective.at_strength(strength)(self.model, x, y, generator=draws)
        self.optimizer.param_groups[0]["lr"] = rate
        self.optimizer.zero_grad()
        loss.total.backward()
        numbers = _numbers(loss, y)
        _require_finite("loss is", numbers["loss"], step)
        self.optimizer.step()
        _require_finite("weights are", largest(self.model), step)
        return {"step": step + 1, "epoch": epoch, "learning_rate": rate, "strength": strength, **numbers}


def largest(model: nn.Module) -> float:
    """Size of the largest number among weights and buffers; NaN where one is NaN."""
    return float(get_total_norm([t for t in model.state_dict().values() if t.is_floating_point()], math.inf))


def _require_finite(what: str, number: float, step: int) -> None:
    if not math.isfinite(number):
        raise InputError(f"In step {step + 1} the {what} no longer finite; train again with a smaller --learning-rate.")


def _numbers(loss: Loss, y: Labels) -> Row:
    values = {"loss": loss.total, "accuracy": _accuracy(loss.logits, y), **loss.terms}
    return {name: float(value.detach()) for name, value in values.items()}


def _accuracy(logits: Tensor, y: Labels) -> Tensor:
    return (logits.argmax(dim=1) == y).float().mean()
