"""`python -m core train`: one network from data to weights and card."""

from contextlib import nullcontext
from pathlib import Path

import tyro

from core.cli import talk
from core.cli.dry_run import say_plan
from core.config import to_dict
from core.device import Place, joined
from core.models import ModelCard, load_model
from core.training.cells import settle
from core.training.result import conclude, copy_model
from core.training.resume import resumption
from core.training.run import train
from core.training.settings import Settings
from core.training.training import Training
from core.types import Accuracy


@tyro.conf.configure(tyro.conf.FlagCreatePairsOff)
def run(
    *,
    data: str | None = None,
    cell: str | None = None,
    classes: int | None = None,
    network: str | None = None,
    defense: str | None = None,
    recipe: str | None = None,
    width: float | None = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    weight_decay: float | None = None,
    label_smoothing: float | None = None,
    epsilon: float | None = None,
    attack_steps: int | None = None,
    attack_step: float | None = None,
    warmup_epochs: int | None = None,
    ramp_epochs: int | None = None,
    crop_padding: int | None = None,
    flip: bool | None = None,
    warm_start: str | None = None,
    seed: int | None = None,
    precision: str | None = None,
    compile: bool = False,
    device: str = "auto",
    root: Path | None = None,
    name: str | None = None,
    half: bool = False,
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
        data: data set, see `python -m core data`.
        cell: instead of a data set, a row of the table of recipes; options that are given count more than its own.
        classes: that the data set must have, as a Tiny-ImageNet folder may hold some of the 200; by default any number.
        network: vgg16 (default) or wrn28_10.
        defense: standard (none, default), adv (adversarial training), trades or mart of their own papers,
            trades-released or mart-released as the distillation paper's code has them.
        recipe: paper (60 epochs, PGD-10, default), or fast (one cycle, single-step attack).
        width: factor on every number of channels, by default 1.
        epochs: passes over the training set.
        batch_size: images a step, over all processes together.
        learning_rate: the first of the paper recipe, the highest of the fast one.
        weight_decay: of SGD.
        label_smoothing: share of the target spread evenly over the classes.
        epsilon: radius of the attack, linf, pixel units of [0, 1]; by default what suits the data set.
        attack_steps: of the attack inside the training.
        attack_step: size of one of them, in radii of the attack.
        warmup_epochs: first epochs without attack, on easier images where the data set has some (shapes).
        ramp_epochs: epochs after those in which epsilon grows from 0.
        crop_padding: pixels by which training images move at most.
        flip: mirror half of the training images.
        warm_start: a model, by name or path, whose weights the training starts from; by default they are random.
        seed: of everything random, by default 0.
        precision: fp32, bf16, or auto (default): bf16 on CUDA, fp32 on a CPU.
        compile: let torch.compile fuse the network; pays on long trainings.
        device: cpu, cuda, or auto.
        root: folder of the data sets; by default FEATURE_SIEVE_DATA, else data/ in the project.
        name: of the model; by default that of an unchanged cell, else <data>-<network>-<defense>.
        half: store the weights in half precision even where that changes a prediction; the card says how many.
        out: folder that weights and card are copied to as well, such as assets/models.
        resume: go on from the checkpoint of the same or a shorter training; where there is none, say what differs.
        dry_run: print what would be done, count what it costs, measure a few steps on random images, and write nothing.
        json: print the card, or what a dry run says, as one JSON object on standard output.
    """
    settings = settle(cell, locals())
    with joined(device, settings.precision, settings.compile) as place:
        training = settings.training(place)
        if dry_run:
            say_plan(settings, training, place, root, json)
            return
        if resume and place.leads:
            talk.console.print(resumption(training).said, highlight=False, soft_wrap=True)
        card = trained(settings, training, place, root, resume)
    if card is None:
        return
    if out is not None:
        copy_model(card.name, training.folder, out)
    report(card, training.folder if out is None else out, json)


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
