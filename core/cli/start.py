"""`python -m core start`: many test images distilled, with their controls, as tables on disk."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import tyro
from rich.table import Table
from tyro.conf import FlagCreatePairsOff, Positional, arg

from core.analysis.experiment import Subject
from core.analysis.start.experiment import Survey
from core.cli.experiment import attack_of, run_experiment
from core.cli.talk import print_json, print_table
from core.distillation import Bottleneck


@tyro.conf.configure(FlagCreatePairsOff)
def run(
    model: Positional[str],
    /,
    *,
    n: int = 500,
    attack: str = "pgd",
    epsilon: float | None = None,
    bottleneck: Annotated[Bottleneck, arg(name="")] = Bottleneck(),  # noqa: B008  (a frozen value)
    seed: int = 0,
    device: str = "auto",
    out: Path | None = None,
    fresh: bool = False,
    json: bool = False,
    root: Path | None = None,
) -> None:
    """Distill the first test images with their true labels, read each side clean and attacked, and run the controls.

    Beside every accuracy stand three controls: a wrong label supplied, as many random channels, a random network.
    Tables and a manifest are written; no image is, except one of an embedded data set for the first screen.

    python -m core start shapes-vgg16-adv --n 500 --out assets/results/shapes-vgg16-adv/start

    Args:
        model: a name from `python -m core models`, or the path of a model.
        n: test images.
        attack: pgd, fgsm or bim.
        epsilon: radius of the attack in pixel units of [0, 1] (linf); by default the one that suits the data.
        seed: of the attack's start, the distiller's noise, the wrong labels and the random masks.
        device: auto takes CUDA where there is one.
        out: folder for what pages read, such as assets/results/MODEL/start; by default one under runs/start/.
        fresh: compute even if the result is there.
        json: print the summary as one JSON object.
        root: folder of the data sets.
    """
    subject = Subject.load(model, root, device)
    distiller = replace(bottleneck, cut=bottleneck.cut or subject.card.cut)
    experiment = Survey(n=n, attack=attack_of(attack, epsilon, subject.card), bottleneck=distiller, seed=seed)
    result = run_experiment(experiment, subject, what="images distilled", out=out, fresh=fresh)
    claims = {name: value for name, value in result.summary.items() if name != "opening"}
    if json:
        head = {"model": subject.card.name, "folder": str(result.folder), "config": result.config}
        print_json({**head, **claims})
    else:
        _print_claims(subject.card.name, claims)


def _print_claims(model: str, claims: dict[str, Any]) -> None:
    table = Table(title=f"{model}, first {claims['n']} test images, true label supplied", title_justify="left")
    for column in ("alone", "images", "as labeled", "wrong label echoed", "random mask", "random network"):
        table.add_column(column)
    for claim in claims["claims"]:
        controls = (claim["controls"][name] for name in ("wrong_label", "random_mask", "random_network"))
        table.add_row(claim["side"], claim["images"], *(_interval(found) for found in (claim["measured"], *controls)))
    print_table(table)
    network, spread = claims["network"], claims["robust_fraction"]
    print(f"Whole network: clean {_interval(network['clean'])}, attacked {_interval(network['attacked'])}.")
    print(f"Robust channels: {spread['mean']:.1%} on average; none on {_interval(claims['empty'])} of the images.")


def _interval(found: dict[str, Any]) -> str:
    return f"{found['value']:.3f} [{found['low']:.2f}, {found['high']:.2f}]"
