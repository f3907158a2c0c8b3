"""Where a training goes on from: its own checkpoint, or that of a shorter run of the same training."""

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from core import store
from core.config import from_dict, to_dict
from core.errors import InputError
from core.training.training import Training


@dataclass(frozen=True, kw_only=True)
class Resumption:
    """What --resume does.

    Args:
        run: whose checkpoint is read; None begins anew.
        steps: done there.
        said: the same in a sentence, with the nearest run and what differs in it where there is nothing to go on from.
    """

    run: Training | None
    steps: int
    said: str


def resumption(training: Training) -> Resumption:
    """Go on from the run that is furthest among the training's own and those that it prolongs.

    Raises:
        InputError: the training's own checkpoint is damaged.
    """
    others = _others(training)
    prolonged = [run for run in others if training.goes_on_from(run)]
    steps = {run: run.checkpoint.steps_done() for run in (training, *prolonged)}
    best = max(steps, key=steps.__getitem__)
    if not steps[best]:
        return Resumption(run=None, steps=0, said=_anew(training, others))
    return Resumption(run=best, steps=steps[best], said=f"Goes on after {steps[best]:,} steps, from {best.folder}.")


def _others(training: Training) -> list[Training]:
    """Other runs of the same data, network and defense that have a whole checkpoint, the newest first."""
    found = []
    for folder in store.runs("train"):
        with suppress(InputError, OSError, ValueError):  # a run that cannot be read is none to go on from
            run = from_dict(Training, json.loads((folder / "config.json").read_text(encoding="utf-8")))
            alike = (run.data, run.network, run.defense) == (training.data, training.network, training.defense)
            if alike and run != training and run.checkpoint.steps_done():
                found.append(run)
    return found


def _anew(training: Training, others: list[Training]) -> str:
    if not others:
        return "There is no earlier run to resume: this training begins anew."
    nearest = min(others, key=lambda run: len(differences(training, run)))
    found = [f"{name} {there} instead of {here}" for name, (here, there) in differences(training, nearest).items()]
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    one_cycle = training.recipe.schedule == "one-cycle" and list(differences(training, nearest)) == ["epochs"]
    why = ", on which the rates of one cycle depend" if one_cycle else ""
    return (
        f"Nothing to resume: the nearest run, {nearest.folder}, has {', '.join(found[:3])}{more}{why}. "
        "This training begins anew."
    )


def differences(one: Training, other: Training) -> dict[str, tuple[Any, Any]]:
    """Settings, by the name of their option, in which two trainings differ: the one's value and the other's."""
    mine, yours = _flat(to_dict(one)), _flat(to_dict(other))
    return {name: (value, yours[name]) for name, value in mine.items() if value != yours[name]}


def _flat(config: dict[str, Any]) -> dict[str, Any]:
    names = {"padding": "crop padding", "world": "processes"}
    found: dict[str, Any] = {}
    for name, value in config.items():
        if isinstance(value, dict):
            found |= _flat(value)
        elif name != "kind":
            found[names.get(name, name.replace("_", " "))] = value
    return found
