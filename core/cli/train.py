"""`python -m core train`: one network from data to weights and card."""

import dataclasses
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import tyro

from core.cli import talk
from core.cli.dry_run import say_plan
from core.config import to_dict
from core.device import Place, joined
from core.models import ModelCard, load_model
from core.radius import read_radius
from core.training.cells import settle
from core.training.result import conclude, copy_model
from core.training.resume import resumption
from core.training.run import train
from core.training.settings import Settings
from core.training.training import Training
from core.types import Accuracy


def _option(field: dataclasses.Field[Any]) -> tuple[str, Any, Any]:
    """A field of the settings as an option: what is not given is left to the cell, then to the recipe."""
    if field.default is False:  # a flag
        return field.name, field.type, field
    kind: Any = str if field.name == "epsilon" else field.type  # also written as 8/255
    return field.name, kind | None, None


Options: Any = dataclasses.make_dataclass(
    "Options", map(_option, dataclasses.fields(Settings)), kw_only=True, namespace={"__doc__": Settings.__doc__}
)


@tyro.conf.configure(tyro.conf.FlagCreatePairsOff, tyro.conf.OmitArgPrefixes)
def run(
    training: Options,
    *,
    cell: str | None = None,
    device: str = "auto",
    root: Path | None = None,
    out: Path | None = None,
    resume: bool = False,
    dry_run: bool = False,
    json: bool = False,
) -> None:
    """Train a network; write its weights, its card with clean and PGD-10 accuracy, and the record of every step.

    Give a data set, or a cell of the table that `python -m core recipes` prints. What is not given comes from the cell,
    then from the recipe. The run lies in runs/train/<data>-<network>-<defense>-<fingerprint>; with --resume the same
    command goes on where it was stopped, also with more epochs where the rates do not depend on their number; with
    --dry-run it only says what it would do and what that would cost.

    A minute on a laptop: python -m core train --data digits --defense adv --recipe fast --width 0.25 --epochs 4

    The paper's, on four GPUs: torchrun --nproc-per-node 4 -m core train --cell paper-cifar10-wrn28_10-adv

    Args:
        training: what changes a weight, or how weights are stored and called.
        cell: instead of a data set, a row of the table of recipes; options that are given count more than its own.
        device: cpu, cuda, or auto.
        root: folder of the data sets; by default FEATURE_SIEVE_DATA, else data/ in the project.
        out: folder that weights and card are copied to as well, such as assets/models.
        resume: go on from the checkpoint of the same or a shorter training; where there is none, say what differs.
        dry_run: print what would be done, count what it costs, measure a step on random images, and write nothing.
        json: print the card, or what a dry run says, as one JSON object on standard output.
    """
    radius = None if training.epsilon is None else read_radius(training.epsilon)
    settings = settle(cell, vars(training) | {"epsilon": radius})
    with joined(device, settings.precision, settings.compile) as place:
        config = settings.training(place)
        if dry_run:
            say_plan(settings, config, place, root, json)
            return
        if resume and place.leads:
            talk.console.print(resumption(config).said, highlight=False, soft_wrap=True)
        card = trained(settings, config, place, root, resume)
    if card is None:
        return
    if out is not None:
        copy_model(card.name, config.folder, out)
    report(card, config.folder if out is None else out, json)


def trained(settings: Settings, training: Training, place: Place, root: Path | None, resume: bool) -> ModelCard | None:
    """Train and conclude under progress bars; only the leading process concludes, talks and has a card."""
    name, warm = settings.model, settings.warm_start
    with talk.progress(f"training {name}") if place.leads else nullcontext() as on_step:
        model = train(
            training,
            place,
            warm=None if warm is None else load_model(warm, place.device),
            root=root,
            classes=settings.classes,
            resume=resume,
            on_step=on_step,
        )
    if not place.leads:
        return None
    with talk.progress(f"PGD on {name}") as on_step:
        return conclude(
            model,
            training,
            place,
            name=name,
            command=settings.command,
            half=settings.half,
            root=root,
            on_step=on_step,
        )


def report(card: ModelCard, folder: Path, json: bool) -> None:
    """Say what came out: a sentence for a person, the card for a program."""
    clean, robust = interval(card.clean_accuracy), interval(card.robust_accuracy)
    said = f"clean {clean}, PGD-10 at epsilon {card.epsilon:.4g} {robust}"
    talk.console.print(f"{card.name}: {said}; written to {folder}.", highlight=False, soft_wrap=True)
    if json:
        talk.print_json(to_dict(card))


def interval(accuracy: Accuracy | None) -> str:
    """An accuracy with its 95 % interval and its n."""
    if accuracy is None:
        return "not measured"
    return f"{accuracy.value:.3f} [{accuracy.low:.3f}, {accuracy.high:.3f}] of {accuracy.n} test images"
