"""`python -m core train`: one network from data to weights and card."""

import dataclasses
import inspect
import shlex
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import tyro

from core.cli import talk
from core.config import to_dict
from core.datasets import DATASETS
from core.models import ModelCard, Staged, load_card, load_model
from core.models.card import NAME
from core.training import RECIPES, Place, joined
from core.training.augmentation import augmentation_for
from core.training.job import Training, train
from core.training.result import conclude, copy_model
from core.types import Accuracy, InputError

ELSEWHERE = ("root", "device", "resume", "out", "json")  # options that change no weight


@tyro.conf.configure(tyro.conf.FlagCreatePairsOff)
def run(
    *,
    data: str,
    network: str = "vgg16",
    defense: str = "standard",
    recipe: str = "paper",
    width: float = 1.0,
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
    seed: int = 0,
    precision: str = "auto",
    compile: bool = False,
    device: str = "auto",
    root: Path | None = None,
    name: str | None = None,
    half: bool = False,
    out: Path | None = None,
    resume: bool = False,
    json: bool = False,
) -> None:
    """Train a network; write its weights, its card with clean and PGD-10 accuracy, and the record of every step.

    What is not given comes from the recipe. The run lies in runs/train/<data>-<network>-<defense>-<fingerprint>; with
    --resume the same command goes on where it was stopped.

    A minute on a laptop: python -m core train --data digits --defense adv --recipe fast --width 0.25 --epochs 4

    The paper's, on four GPUs: torchrun --nproc-per-node 4 -m core train --data cifar10 --network wrn28_10 --defense adv

    Args:
        data: data set, see `python -m core data`.
        network: vgg16 or wrn28_10.
        defense: standard (none), adv (adversarial training), trades or mart of their own papers, trades-released or
            mart-released as the distillation paper's code has them.
        recipe: paper (60 epochs, PGD-10), or fast (one cycle, single-step attack).
        width: factor on every number of channels.
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
        seed: of everything random.
        precision: fp32, bf16, or auto: bf16 on CUDA, fp32 on a CPU.
        compile: let torch.compile fuse the network; pays on long trainings.
        device: cpu, cuda, or auto.
        root: folder of the data sets; by default FEATURE_SIEVE_DATA, else data/ in the project.
        name: of the model; by default <data>-<network>-<defense>.
        half: store the weights in half precision even where that changes a prediction; the card says how many.
        out: folder that weights and card are copied to as well, such as assets/models.
        resume: go on from the checkpoint of the same training.
        json: print the card as one JSON object on standard output.
    """
    given = dict(locals())
    name = checked_name(name or f"{data}-{network}-{defense}")
    chosen = overridden(RECIPES[recipe](defense), given)
    moved = overridden(augmentation_for(data), {"padding": crop_padding, "flip": flip})
    radius = DATASETS[data].info.epsilon if epsilon is None else epsilon
    with joined(device, precision, compile) as place:
        training = Training(
            data=data,
            network=network,
            width=width,
            defense=defense,
            epsilon=radius,
            recipe=chosen,
            augmentation=moved,
            seed=seed,
            warm_start="" if warm_start is None else load_card(warm_start).sha256,
            precision=place.precision,
            world=place.world,
        )
        warm = None if warm_start is None else load_model(warm_start, place.device)
        card = trained(training, place, name, command_line(given), half, warm, root, resume)
    if card is None:
        return
    if out is not None:
        copy_model(card.name, training.folder, out)
    report(card, training.folder if out is None else out, json)


def trained(
    training: Training,
    place: Place,
    name: str,
    command: str,
    half: bool,
    warm: Staged | None,
    root: Path | None,
    resume: bool,
) -> ModelCard | None:
    """Train and conclude under progress bars; only the leading process concludes, talks and has a card."""
    with talk.progress(f"training {name}") if place.leads else nullcontext() as on_step:
        model = train(training, place, warm=warm, root=root, resume=resume, on_step=on_step)
    if not place.leads:
        return None
    with talk.progress(f"PGD on {name}") as on_step:
        return conclude(model, training, place, name=name, command=command, half=half, root=root, on_step=on_step)


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


def checked_name(name: str) -> str:
    """The name of the model, before hours are spent on one that no card may have.

    Raises:
        InputError: other characters than a file name needs.
    """
    if not NAME.fullmatch(name):
        raise InputError(f"A model's name is made of letters, digits, dots, dashes and underscores, got {name[:80]!r}.")
    return name


def overridden(value: Any, given: dict[str, Any]) -> Any:
    """The dataclass with those of its fields that a person gave."""
    names = {f.name for f in dataclasses.fields(value)}
    return dataclasses.replace(value, **{k: v for k, v in given.items() if k in names and v is not None})


def command_line(given: dict[str, Any]) -> str:
    """The shortest command that trains the same network; folders and devices of this machine are left out."""
    words = ["python", "-m", "core", "train"]
    for name, parameter in inspect.signature(run).parameters.items():
        if name in ELSEWHERE or given[name] == parameter.default:
            continue
        words.append(f"--{name.replace('_', '-')}")
        if parameter.annotation is not bool:
            words.append(str(given[name]))
    return shlex.join(words)
