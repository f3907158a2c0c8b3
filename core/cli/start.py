"""`python -m core start`: many test images distilled, with their controls, as tables on disk."""

import hashlib
import shlex
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import tyro
from rich.table import Table
from rich.text import Text
from tyro.conf import FlagCreatePairsOff, Positional, arg

from core import store
from core.analysis.start.experiment import Survey, survey
from core.analysis.start.findings import claims_table, summary
from core.analysis.start.opening import write_start
from core.attacks import ThreatModel, build_attack, epsilon_of
from core.attacks.outcome import record as attack_record
from core.cli.talk import console, print_json, print_table, progress
from core.config import fingerprint, to_dict
from core.datasets import DATASETS, Dataset, load_dataset
from core.distillation import Bottleneck
from core.models import ModelCard, load_card, load_model, random_twin

CANDIDATES = 50  # images tried for the first screen


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
    out: Path | None = None,
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
        out: folder for what pages read, such as assets/results/MODEL/start; by default one under runs/start/.
        json: print the summary as one JSON object.
        root: folder of the data sets.
    """
    card, network, twin = load_card(model), load_model(model), random_twin(load_card(model))
    distiller = replace(bottleneck, cut=bottleneck.cut or card.cut)
    assault = build_attack(attack, ThreatModel(epsilon=card.epsilon if epsilon is None else epsilon))
    data = load_dataset(card.data, "test", root)
    with progress("images distilled") as on_step:
        found = survey(network, data, distiller, assault, n, seed, on_step, twin=twin)
    claims = summary(found.images, len(found.channels))
    conditions = {"n": n, "seed": seed, "attack": attack_record(assault), "bottleneck": to_dict(distiller)}
    repeat = _command(card.name, n, attack, epsilon_of(assault), seed, distiller)
    folder = out or store.runs_root() / "start" / f"{card.name}-{fingerprint(card.sha256, conditions)}"
    with store.writing(folder) as temporary:
        temporary.mkdir()
        _write_tables(temporary, found, claims)
        store.write_json(temporary / "manifest.json", manifest(card, data, {**conditions, "command": repeat}))
        if DATASETS[card.data].info.embedded:
            candidates = promising(found.images)
            write_start(temporary, network, twin, card, data, distiller, assault, candidates, n, seed)
    console.print(Text(f"wrote {folder}"))
    if json:
        print_json({"model": card.name, **conditions, **claims})
    else:
        _print_claims(card.name, claims)


def manifest(card: ModelCard, data: Dataset, conditions: dict[str, Any]) -> dict[str, Any]:
    """What the tables were made of: model and data by hash, every setting, versions and date."""
    pixels = data.images[: conditions["n"]].contiguous().numpy().tobytes()
    return store.manifest(
        kind="start",
        model={"name": card.name, "sha256": card.sha256},
        data={"name": data.name, "split": data.split, "sha256": hashlib.sha256(pixels).hexdigest()},
        class_names=list(data.class_names),
        label="true",
        **conditions,
    )


def _command(model: str, n: int, attack: str, epsilon: float | None, seed: int, bottleneck: Bottleneck) -> str:
    """The command line that repeats a survey, every setting written out."""
    settings = {"n": n, "attack": attack, "epsilon": epsilon, "seed": seed}
    settings |= {field.name: getattr(bottleneck, field.name) for field in fields(bottleneck)}
    options = (
        part
        for name, value in settings.items()
        if value is not None
        for part in (f"--{name.replace('_', '-')}", str(value))
    )
    return shlex.join(["python", "-m", "core", "start", model, *options])


def promising(images: pd.DataFrame) -> list[int]:
    """Images on which the first screen's rule held in the batch; it is asked again of each alone."""
    label = images["label"]
    holds = (
        (images["clean_all"] == label)
        & (images["attacked_all"] != label)
        & (images["attacked_robust"] == label)
        & (images["attacked_nonrobust"] != label)
    )
    return images.loc[holds, "index"].head(CANDIDATES).tolist()


def _write_tables(folder: Path, found: Survey, claims: dict[str, Any]) -> None:
    found.images.to_parquet(folder / "images.parquet", index=False)
    found.channels.to_parquet(folder / "channels.parquet", index=False)
    claims_table(claims).to_csv(folder / "claims.csv", index=False)
    store.write_json(folder / "summary.json", claims)


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
