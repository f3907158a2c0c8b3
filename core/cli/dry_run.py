"""`python -m core train --dry-run`: what a training would do and what it would cost, with nothing written."""

from pathlib import Path

from rich.table import Table
from rich.text import Text

from core.cli.data import state_of
from core.cli.talk import print_json, print_table
from core.config import to_dict
from core.datasets import DATASETS
from core.device import Place
from core.training.cost import Cost, cost_of
from core.training.resume import resumption
from core.training.settings import Settings
from core.training.timing import Timing, time_step
from core.training.training import Training

WAYS = {"forwards": "forward", "gradients": "back to the pixels", "updates": "back to the weights"}


def say_plan(settings: Settings, training: Training, place: Place, root: Path | None, json: bool) -> None:
    """Say what the training would do, for a person or as one JSON object; only the leading process talks.

    Raises:
        InputError: what the training itself would refuse, as far as it shows without the data's pixels.
    """
    if not place.leads:
        return
    cost, before = cost_of(training, settings.classes, root), resumption(training)
    timing, state = time_step(training, cost, place), state_of(training.data, root, settings.classes)
    if json:
        plan = {"model": settings.model, "command": settings.command, "data": state, "training": training}
        plan |= {"objective": training.objective(), "folder": training.folder, "steps_done": before.steps}
        plan |= {"cost": cost, "total_flops": cost.total_flops, "device": str(place.device), "timing": timing}
        print_json(to_dict({**plan, "hours": hours(cost, timing)}))
        return
    table = Table(title=f"{settings.model}, a dry run: nothing is written", title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("command", Text(settings.command))
    for name, said in {**_work(training, cost, state), **_cost(cost)}.items():
        table.add_row(name, Text(said))
    table.add_row("time", Text(_time(cost, timing, f"{place.device}, {training.precision}")))
    table.add_row("folder", Text(f"{training.folder}{f'. --resume: {before.said}' if before.steps else ''}"))
    print_table(table)


def hours(cost: Cost, timing: Timing) -> float | None:
    """Of all steps; those without an attack take their share of one with it."""
    if timing.seconds is None:
        return None
    batch = cost.images / cost.steps
    return timing.seconds * cost.total_flops / (batch * cost.step_flops) / 3600


def _work(training: Training, cost: Cost, state: str) -> dict[str, str]:
    recipe, side, attack = training.recipe, cost.image_size, getattr(training.objective(), "attack", None)
    counts = f"{cost.train_count:,} training and {cost.test_count:,} test images"
    steps = f"{cost.steps:,} steps of {cost.images // cost.steps} images"
    inside = "no attack inside"
    if attack is not None:
        inside = f"attack inside: {attack.steps} x {attack.step:.4g} within epsilon {attack.threat.epsilon:.4g}"
    return {
        "data": f"{DATASETS[training.data].info.title}, {counts} of {side}x{side} in {cost.classes} classes; {state}",
        "network": f"{training.network} at width {training.width:g}, {cost.parameters:,} parameters",
        "defense": f"{training.defense}, {inside}",
        "schedule": f"{recipe.epochs} epochs, {steps}; {recipe.schedule}, learning rate {recipe.learning_rate:g}",
    }


def _cost(cost: Cost) -> dict[str, str]:
    passes = ", ".join(f"{cost.passes[name]:,} {way}" for name, way in WAYS.items() if cost.passes[name])
    flops = ", ".join(f"{digits(cost.flops[name] / 1e9)} {way}" for name, way in WAYS.items() if cost.passes[name])
    weights = f"weights {_bytes(cost.weights_bytes / 2)} in half precision, {_bytes(cost.weights_bytes)} in float32"
    images = 12 * cost.train_count * cost.image_size**2  # three colors in float32
    return {
        "passes": f"{cost.images:,} images shown; images passed {passes}",
        "operations": f"GFLOP of one image {flops}; {digits(cost.total_flops / 1e15)} PFLOP in all",
        "bytes": f"{weights}; checkpoint {_bytes(cost.checkpoint_bytes)}; training images {_bytes(images)}",
    }


def _time(cost: Cost, timing: Timing, where: str) -> str:
    total = hours(cost, timing)
    if timing.seconds is None or total is None:
        return f"a step of {timing.share} images does not fit into the memory of {where}"
    took = f"{_duration(timing.seconds)} a step on {where}, {_duration(3600 * total)} in all"
    memory = "" if timing.memory is None else f"; {_bytes(timing.memory)} of memory besides the training images"
    return f"{took}; measured with {timing.images} of {timing.share} images{memory}"


def digits(number: float) -> str:
    """Three digits at least, thousands marked: 0.0398, 41.9, 5,789."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def _bytes(count: float) -> str:
    return f"{digits(count / 1e6)} MB" if count < 1e9 else f"{digits(count / 1e9)} GB"


def _duration(seconds: float) -> str:
    for unit, size in (("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{digits(seconds / size)} {unit}"
    return f"{digits(seconds)} seconds"
