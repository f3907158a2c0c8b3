"""`python -m core train --dry-run`: what a training would do and what it would cost, with nothing written."""

from dataclasses import dataclass
from pathlib import Path

from rich.table import Table
from rich.text import Text

from core.cli.data import state_of
from core.cli.talk import print_json, print_table
from core.config import fingerprint, to_dict
from core.datasets import DATASETS, count_classes, is_available
from core.device import Place
from core.training import Checkpoint, Objective
from core.training.cost import Cost, Extent, cost_of, extent_of
from core.training.settings import Settings
from core.training.timing import Timing, time_step
from core.training.training import Training


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that can be said of a training before its first step.

    Args:
        model: name of what comes out.
        command: that trains it, on any machine.
        data: whether the data are at hand, or what brings them here.
        extent: of the data.
        training: the config.
        objective: the defense, with its attack.
        folder: where the run lies.
        steps_done: of an earlier run in that folder, which --resume goes on from.
        cost: counted.
        device: on which the timing was made.
        timing: measured.
        hours: of all steps at the measured speed.
    """

    model: str
    command: str
    data: str
    extent: Extent
    training: Training
    objective: Objective
    folder: Path
    steps_done: int
    cost: Cost
    device: str
    timing: Timing
    hours: float | None


def say_plan(settings: Settings, training: Training, place: Place, root: Path | None, json: bool) -> None:
    """Say what the training would do, for a person or as one JSON object; only the leading process talks.

    Raises:
        InputError: what the training itself would refuse, as far as it shows without the data's pixels.
    """
    if not place.leads:
        return
    plan = plan_of(settings, training, place, root)
    if json:
        print_json({**to_dict(plan), "total_flops": plan.cost.total_flops})
        return
    table = Table(title=f"{plan.model}, a dry run: nothing is written", title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, said in {**_work(plan), **_cost(plan), **_speed(plan)}.items():
        table.add_row(name, Text(said))
    print_table(table)


def plan_of(settings: Settings, training: Training, place: Place, root: Path | None) -> Plan:
    """Count and measure; nothing is read but the names of files, and the pixels of a folder of one's own."""
    extent = extent_of(training.data, settings.classes, root)
    cost = cost_of(training, extent)
    checkpoint = Checkpoint(training.folder / "checkpoint.safetensors", fingerprint(training))
    done, timing = checkpoint.steps_done(), time_step(training, extent, place)
    speed = timing.flops_per_second
    return Plan(
        model=settings.model,
        command=settings.command,
        data=data_state(training.data, settings.classes, root),
        extent=extent,
        training=training,
        objective=training.objective(),
        folder=training.folder,
        steps_done=done,
        cost=cost,
        device=str(place.device),
        timing=timing,
        hours=None if speed is None else cost.total_flops / speed / place.world / 3600,
    )


def is_ready(data: str, classes: int | None, root: Path | None) -> bool:
    """Whether the data are at hand, in as many classes as are asked for."""
    return is_available(data, root) and classes in (None, count_classes(data, root))


def data_state(data: str, classes: int | None, root: Path | None) -> str:
    """Where the data are or what brings them here, and whether their classes are those that are asked for."""
    if is_available(data, root) and not is_ready(data, classes, root):
        return f"{count_classes(data, root)} classes at hand, {classes} needed"
    return state_of(data, root)


def _work(plan: Plan) -> dict[str, str]:
    """What would be done."""
    training, extent, recipe = plan.training, plan.extent, plan.training.recipe
    counts = f"{extent.train_count:,} training and {extent.test_count:,} test images"
    sides = f"of {extent.image_size}x{extent.image_size} in {extent.classes} classes"
    batch = min(recipe.batch_size, extent.train_count)
    shared = f" over {training.world} processes" if training.world > 1 else ""
    steps = f"{plan.cost.steps:,} steps of {batch} images{shared}"
    done = f", {plan.steps_done:,} steps are done: --resume goes on" if plan.steps_done else ""
    return {
        "command": plan.command,
        "data": f"{DATASETS[training.data].info.title}, {counts} {sides}; {plan.data}",
        "network": f"{training.network} at width {training.width:g}, {plan.cost.parameters:,} parameters",
        "defense": f"{training.defense}, {_attack(plan)}",
        "schedule": f"{recipe.epochs} epochs, {steps}; {recipe.schedule}, learning rate {recipe.learning_rate:g}",
        "folder": f"{plan.folder}{done}",
    }


def _attack(plan: Plan) -> str:
    """The attack inside the training, in words."""
    attack = getattr(plan.objective, "attack", None)
    if attack is None:
        return "no attack inside"
    start = getattr(plan.objective, "start", None)
    where = "uniform in the ball" if start is None else f"normal around the image, deviation {start:g}"
    steps = "1 step" if attack.steps == 1 else f"{attack.steps} steps"
    return f"attack inside: {steps} of {attack.step:.4g} within epsilon {attack.threat.epsilon:.4g}, start {where}"


def _cost(plan: Plan) -> dict[str, str]:
    """What it would take on any device."""
    cost = plan.cost
    ways = {"forwards": "forward", "gradients": "back to the pixels", "updates": "back to the weights"}
    ways = {name: way for name, way in ways.items() if getattr(cost.passes, name)}
    passes = ", ".join(f"{getattr(cost.passes, name):,} {way}" for name, way in ways.items())
    flops = ", ".join(f"{digits(getattr(cost.flops, name) / 1e9)} {way}" for name, way in ways.items())
    weights = f"weights {_bytes(cost.weights_bytes / 2)} in half precision, {_bytes(cost.weights_bytes)} in float32"
    return {
        "passes": f"{cost.images:,} images shown; images passed {passes}",
        "operations": f"GFLOP of one image {flops}; {digits(cost.total_flops / 1e15)} PFLOP in all",
        "bytes": f"{weights}; checkpoint {_bytes(cost.checkpoint_bytes)}; training images {_bytes(cost.train_bytes)}",
    }


def _speed(plan: Plan) -> dict[str, str]:
    """What it would take here."""
    timing, trial = plan.timing, plan.timing.trial
    where = f"{plan.device}, {plan.training.precision}"
    too_large = f"a step of {timing.share} images does not fit into the memory of {where}"
    if timing.seconds is None or plan.hours is None:
        return {"time": too_large}
    took = f"{_duration(timing.seconds)} a step on {where}, {_duration(3600 * plan.hours)} in all"
    measured = f"measured with {trial.images} of {timing.share} images"
    if plan.cost.passes.gradients:
        measured += f", {trial.attack_steps} of {plan.training.recipe.attack_steps} steps of the attack"
    if timing.memory is not None:
        measured += f"; {_bytes(timing.memory)} of memory besides the training images"
    return {"time": "; ".join([took, measured, *([] if timing.fits else [too_large])])}


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
