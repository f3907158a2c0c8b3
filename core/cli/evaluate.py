"""`python -m core evaluate`: what is left of a network's accuracy under attack, as a table or as JSON."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

import torch
import tyro
from rich.table import Table
from rich.text import Text
from torch import Tensor
from tyro.conf import FlagCreatePairsOff, Positional

from core import store
from core.attacks import (
    ATTACKS,
    Attack,
    Outcome,
    ThreatModel,
    accuracy,
    build_attack,
    epsilon_of,
    record,
    run_attack,
    worst_case,
)
from core.cli.talk import print_json, print_table, progress
from core.datasets import Dataset, load_dataset
from core.models import ModelCard, load_card, load_model
from core.training.place import resolve_device
from core.types import InputError


@tyro.conf.configure(FlagCreatePairsOff)
def run(
    model: Positional[str],
    /,
    *,
    attacks: str = "fgsm,bim,pgd",
    n: int = 1000,
    epsilon: float | None = None,
    norm: Literal["linf", "l2"] = "linf",
    steps: int | None = None,
    data: str | None = None,
    root: Path | None = None,
    seed: int = 0,
    batch_size: int = 250,
    device: str = "auto",
    json: bool = False,
) -> None:
    """Accuracy on the first n test images, clean and under each attack, with 95 % Wilson intervals.

    python -m core evaluate shapes-vgg16-adv

    python -m core evaluate cifar10-vgg16-adv --attacks pgd --steps 100 --n 10000 --json

    An image that is misclassified from the start counts as fooled and is not attacked. The size of a perturbation is
    that of the images an attack turned from right to wrong. The worst case asks which images no attack turned.

    Args:
        model: a name from `python -m core models`, or the path of a model.
        attacks: names, separated by commas.
        n: test images, from the first; all of them where there are fewer.
        epsilon: radius in pixel units of [0, 1]; by default the one in the model's card (linf). l2 needs one.
        norm: of the threat model; attacks of different norms are never ranked together.
        steps: of the attacks that take several; by default each attack's own number.
        data: the data set; by default the one that the model was trained on. Another must have the same classes.
        root: folder of the data sets.
        seed: of the random starts.
        batch_size: images at a time; changes the speed, not the result.
        device: auto takes CUDA where there is one.
        json: print one JSON object and nothing else.
    """
    card = load_card(model)
    chosen = _attacks(attacks, _threat(card, norm, epsilon), steps)
    images = _images(card, data, n, root)
    if batch_size < 1:
        raise InputError(f"A batch needs at least 1 image, got --batch-size {batch_size}.")
    place = resolve_device(device)
    network, x, y = load_model(model, place), images.images.to(place), images.labels.to(place)
    outcomes = []
    for attack in chosen:
        with progress(ATTACKS.name_of(attack)) as on_step:
            outcomes.append(run_attack(network, attack, x, y, seed=seed, batch_size=batch_size, on_step=on_step))
    report = _report(card, images, outcomes, seed, place)
    if json:
        print_json(report)
    else:
        _print_table(report)


def _threat(card: ModelCard, norm: Literal["linf", "l2"], epsilon: float | None) -> ThreatModel:
    if epsilon is None and norm != "linf":
        raise InputError("The card's epsilon is for linf; give --epsilon, the l2 radius over all pixels of an image.")
    return ThreatModel(norm=norm, epsilon=card.epsilon if epsilon is None else epsilon)


def _attacks(names: str, threat: ThreatModel, steps: int | None) -> list[Attack]:
    chosen = [name.strip() for name in names.split(",") if name.strip()]
    if not chosen:
        raise InputError(f"Expected at least one attack in --attacks; known are {', '.join(ATTACKS)}.")
    options = {} if steps is None else {"steps": steps}
    return [build_attack(name, threat, **options) for name in dict.fromkeys(chosen)]


def _images(card: ModelCard, name: str | None, n: int, root: Path | None) -> Dataset:
    """The first `n` test images of the data set, which must suit the model."""
    if n < 1:
        raise InputError(f"Expected at least 1 image, got --n {n}.")
    data = load_dataset(card.data if name is None else name, "test", root)
    if data.class_names != card.class_names or data.image_size != card.image_size:
        raise InputError(
            f"{card.name} knows {card.num_classes} classes of {card.data} at {card.image_size} pixels, but {data.name} "
            f"has {len(data.class_names)} at {data.image_size}, or other ones; choose a model of {data.name}."
        )
    return replace(data, images=data.images[:n], labels=data.labels[:n])


def _report(card: ModelCard, data: Dataset, outcomes: list[Outcome], seed: int, device: torch.device) -> dict[str, Any]:
    clean = outcomes[0].clean
    return store.manifest(
        model=card.name,
        model_sha256=card.sha256,
        data=data.name,
        split=data.split,
        n=len(data),
        seed=seed,
        device=device.type,
        clean={key: value for key, value in asdict(accuracy(int(clean.sum()), len(clean))).items() if key != "attack"},
        attacks=[_row(outcome) for outcome in outcomes],
        worst_case=asdict(worst_case(outcomes)),
    )


def _row(outcome: Outcome) -> dict[str, Any]:
    attack, measured = record(outcome.attack), asdict(outcome.accuracy)
    del measured["attack"]
    return {
        "name": attack.pop("name"),
        "norm": outcome.attack.threat.norm,
        "epsilon": epsilon_of(outcome.attack),
        "steps": attack.pop("steps"),
        "step_size": attack.pop("step_size"),
        "accuracy": measured,
        "turned": int(outcome.turned.sum()),
        "l2": _spread(outcome.l2[outcome.turned]),
        "linf": _spread(outcome.linf[outcome.turned]),
        "gradient_evaluations": outcome.gradient_evaluations,
        "seconds": round(outcome.seconds, 3),
    }


def _spread(sizes: Tensor) -> dict[str, float] | None:
    """Median and 90th percentile; None where the attack turned no image."""
    if not len(sizes):
        return None
    return {"median": sizes.quantile(0.5).item(), "p90": sizes.quantile(0.9).item()}


def _print_table(report: dict[str, Any]) -> None:
    threat = f"{report['attacks'][0]['norm']} {report['attacks'][0]['epsilon']:g}"
    table = Table(
        title=f"{report['model']} on the first {report['n']} test images of {report['data']}, {threat}, "
        f"seed {report['seed']}",
        title_justify="left",
    )
    table.add_column("attack", no_wrap=True)
    for column in ("steps", "step size"):
        table.add_column(column)
    table.add_column("accuracy (95 %)", no_wrap=True)
    for column in ("L2: median, p90", "L-inf"):
        table.add_column(column)
    for column in ("gradients", "seconds"):
        table.add_column(column, justify="right")
    table.add_row("clean", "", "", _interval(report["clean"]))
    for row in report["attacks"]:
        table.add_row(
            Text(row["name"]),
            str(row["steps"]),
            f"{row['step_size']:.4g}",
            _interval(row["accuracy"]),
            _sizes(row["l2"]),
            _sizes(row["linf"]),
            f"{row['gradient_evaluations']:,}",
            f"{row['seconds']:.1f}",
        )
    table.add_row("worst case", "", "", _interval(report["worst_case"]))
    print_table(table)


def _interval(measured: dict[str, Any]) -> str:
    return f"{measured['value']:.3f} ({measured['low']:.3f}-{measured['high']:.3f})"


def _sizes(spread: dict[str, float] | None) -> str:
    return "none turned" if spread is None else f"{spread['median']:.3g}, {spread['p90']:.3g}"
