"""`python -m core attacks`: what is left of a network's accuracy under attack, as tables or as JSON."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import tyro
from rich.table import Table
from rich.text import Text
from tyro.conf import FlagCreatePairsOff, Positional

from core.analysis.attacks.experiment import Evaluation
from core.analysis.conduct import conduct
from core.analysis.experiment import Subject
from core.analysis.results import StoredResult
from core.attacks import ThreatModel, attacks_of
from core.cli.talk import console, print_json, print_table, progress, write_result
from core.device import joined
from core.errors import InputError
from core.models import ModelCard

Row = dict[str, Any]


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
    diagnose: bool = False,
    data: str | None = None,
    root: Path | None = None,
    seed: int = 0,
    device: str = "auto",
    out: Path | None = None,
    fresh: bool = False,
    json: bool = False,
) -> None:
    """Accuracy on the first n test images, clean and under each attack, with 95 % Wilson intervals.

    python -m core attacks shapes-vgg16-adv

    python -m core attacks cifar10-vgg16-adv --attacks "pgd,pgd:steps=100;loss=margin,cw:c=1" --n 10000 --json

    torchrun --nproc-per-node 4 -m -- core attacks cifar10-vgg16-adv --attacks autoattack --n 10000

    An image that is misclassified from the start counts as fooled and is not attacked. The size of a perturbation is
    that of the images an attack turned from right to wrong. The worst case asks which images no bounded attack turned;
    attacks that minimize a norm instead stand in a table of their own. Every batch is kept: the same command goes on
    where it was stopped, and an attack that was run before is not run again.

    Args:
        model: a name from `python -m core models`, or the path of a model.
        attacks: names, separated by commas; an attack's own settings as name:field=value;field=value.
        n: test images, from the first; all of them where there are fewer.
        epsilon: radius in pixel units of [0, 1]; by default the one in the model's card (linf). l2 needs one.
        norm: of the threat model; attacks of different norms are never ranked together.
        steps: of the attacks that take several; by default each attack's own number.
        diagnose: also ask whether these numbers can be trusted: is the output random, the gradient masked, the attack
            too short?
        data: the data set; by default the one that the model was trained on. Another must have the same classes.
        root: folder of the data sets.
        seed: of the random starts.
        device: auto takes CUDA where there is one.
        out: folder for what pages read, such as assets/results/MODEL/attacks; by default one under runs/attacks/.
        fresh: compute even what is there.
        json: print one JSON object and nothing else.
    """
    if n < 1:
        raise InputError(f"Expected at least 1 image, got --n {n}.")
    with joined(device, "fp32") as place:
        subject = replace(Subject.load(model, root, place.device.type, data=data), place=place)
        threat = _threat(subject.card, norm, epsilon)
        evaluation = Evaluation(
            n=min(n, len(subject.data)),
            attacks=attacks_of(attacks, threat, steps),
            seed=seed,
            diagnosed=threat if diagnose else None,
        )
        with progress("images attacked") if place.leads else nullcontext() as on_step:
            result = conduct(evaluation, subject, out=out, fresh=fresh, on_step=on_step)
    if result is not None:
        write_result(result.folder)
        _report(result, seed, threat, json)


def _threat(card: ModelCard, norm: Literal["linf", "l2"], epsilon: float | None) -> ThreatModel:
    if epsilon is None and norm != "linf":
        raise InputError("The card's epsilon is for linf; give --epsilon, the l2 radius over all pixels of an image.")
    return ThreatModel(norm=norm, epsilon=card.epsilon if epsilon is None else epsilon)


def _report(result: StoredResult, seed: int, threat: ThreatModel, json: bool) -> None:
    made, found = result.manifest, result.summary
    console.print(Text(f"{result.folder} (made {made['made']})"))
    if json:
        head = {"model": made["model"]["name"], "model_sha256": made["model"]["sha256"], "data": made["data"]["name"]}
        head |= {"split": made["data"]["split"], "seed": seed, "folder": str(result.folder)}
        print_json({**head, **found, "versions": made["versions"], "made": made["made"]})
        return
    title = f"{made['model']['name']} on the first {found['n']} test images of {made['data']['name']}"
    if found["bounded"] or not found["minimal_norm"]:
        _print_attacks(f"{title}, {threat.norm} {threat.epsilon:g}, seed {seed}", found["bounded"], found)
    if found["minimal_norm"]:
        _print_attacks(f"{title}, smallest perturbations found, seed {seed}", found["minimal_norm"], found)
    if found["diagnostics"] is not None:
        _print_diagnostics(found["diagnostics"])


def _print_attacks(title: str, rows: Sequence[Row], found: dict[str, Any]) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column("attack", overflow="fold")
    for column in ("steps", "step size"):
        table.add_column(column)
    table.add_column("accuracy (95 %)", no_wrap=True)
    for column in ("L2: median, p90", "L-inf"):
        table.add_column(column)
    for column in ("gradients", "forwards", "seconds"):
        table.add_column(column, justify="right")
    table.add_row("clean", "", "", _interval(found["clean"]))
    for row in rows:
        table.add_row(*(Text(cell) for cell in _cells(row)))
    if rows and rows[0]["kind"] == "bounded":
        table.add_row("worst case", "", "", _interval(found["worst_case"]))
    print_table(table)


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row["label"],
        f"{row['steps']}" + ("" if row["restarts"] == 1 else f" x {row['restarts']}"),
        "adaptive" if row["step_size"] is None else f"{row['step_size']:.4g}",
        _interval(row["accuracy"]),
        _sizes(row["l2"]),
        _sizes(row["linf"]),
        f"{row['gradients']:,}",
        f"{row['forwards']:,}",
        f"{row['seconds']:.1f}",
    )


def _print_diagnostics(checks: Sequence[Row]) -> None:
    table = Table(title="Can these numbers be trusted?", title_justify="left")
    for column in ("check", "", "number", "limit"):
        table.add_column(column, no_wrap=True)
    table.add_column("what it means")
    for check in checks:
        verdict = "flagged" if check["flagged"] else "passed"
        numbers = (f"{check[name]:.3g}" for name in ("number", "threshold"))
        table.add_row(check["name"], verdict, *numbers, Text(check["sentence"]))
    print_table(table)


def _interval(measured: dict[str, Any]) -> str:
    return f"{measured['value']:.3f} ({measured['low']:.3f}-{measured['high']:.3f})"


def _sizes(spread: dict[str, float] | None) -> str:
    return "none turned" if spread is None else f"{spread['median']:.3g}, {spread['p90']:.3g}"
