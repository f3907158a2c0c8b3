"""`python -m core bottleneck`: accuracy and number of channels of either side along beta (the paper's Fig. 5)."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import tyro
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from rich.text import Text
from tyro.conf import FlagCreatePairsOff, Positional, arg

from core.analysis.bottleneck.experiment import BETAS, BetaSweep, ImageSweep, sweep_image
from core.analysis.empty_set import NOTHING
from core.analysis.experiment import Subject
from core.analysis.explain.explanation import attacked
from core.analysis.results import StoredResult
from core.cli.experiment import attack_of, run_experiment
from core.cli.talk import print_json
from core.distillation import Bottleneck

SAID = ("crossing_sentences", "peak_sentences", "sentences")


@tyro.conf.configure(FlagCreatePairsOff)
def run(
    model: Positional[str],
    /,
    *,
    n: int = 500,
    image: int | None = None,
    betas: tuple[float, ...] = BETAS,
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
    """Distill the first test images at every beta; read each side clean and attacked, beside its controls.

    Tables (parquet, csv), figures (HTML, PNG), config and manifest are written; the same sweep is not computed twice.

    python -m core bottleneck shapes-vgg16-adv --n 500

    python -m core bottleneck cifar10-vgg16-adv --image 7

    Args:
        model: a name from `python -m core models`, or the path of a model.
        n: test images.
        image: only this test image: its predictions at every beta, and the beta at which each channel changes side.
        betas: the grid, rising.
        attack: pgd, fgsm or bim.
        epsilon: radius of the attack in pixel units of [0, 1] (linf); by default the one that suits the data.
        seed: of the attack's start, the distiller's noise, the wrong labels and the random masks.
        device: auto takes CUDA where there is one.
        out: folder for what pages read, such as assets/results/MODEL/bottleneck; by default one under runs/bottleneck/.
        fresh: compute even if the result is there.
        json: print one JSON object.
        root: folder of the data sets.
    """
    subject = Subject.load(model, root, device)
    distiller = replace(bottleneck, cut=bottleneck.cut or subject.card.cut)
    assault = attack_of(attack, epsilon, subject.card)
    sweep = BetaSweep(n=n, betas=betas, attack=assault, bottleneck=distiller, seed=seed)
    if image is not None:
        _one(subject, image, sweep, json)
        return
    result = run_experiment(sweep, subject, what="images distilled", out=out, fresh=fresh)
    if json:
        head = {"model": subject.card.name, "folder": str(result.folder), "config": result.config}
        print_json({**head, **result.summary})
    else:
        _print_curves(subject, result)


def _said(result: StoredResult) -> list[str]:
    """Crossings and peaks, two of each, then every beta."""
    return [sentence for kind in SAID for sentence in result.summary[kind]]


def _print_curves(subject: Subject, result: StoredResult) -> None:
    curves = result.table("curves").set_index(["beta", "side", "images"]).sort_index()
    sides = [(side, which) for side in ("robust", "nonrobust") for which in ("clean", "attacked")]
    table = Table(
        title=f"{subject.card.name}, first {result.summary['n']} test images, true label supplied", title_justify="left"
    )
    for column in ("beta", "robust channels", "no robust", *(", ".join(kind).replace("non", "non-") for kind in sides)):
        table.add_column(column)
    for row in result.table("counts").itertuples():
        shown = (f"{curves.loc[(row.beta, *kind)]['value']:.3f}" for kind in sides)
        table.add_row(f"{row.beta:g}", f"{row.robust_mean:.1f}", f"{row.empty:.1%}", *shown)
    out = Console()
    out.print(table)
    whole = (curves.loc[(result.summary["betas"][0], "all", which)]["value"] for which in ("clean", "attacked"))
    widest = ((curves["high"] - curves["low"]) / 2).max()
    out.print(Text("Whole network: clean {:.3f}, attacked {:.3f}.".format(*whole)))
    out.print(Text(f"95 % intervals reach {widest:.3f} or less to either side; curves.csv has them and the controls."))
    for sentence in _said(result)[:4]:
        out.print(Text(sentence))


def _one(subject: Subject, image: int, sweep: BetaSweep, json: bool) -> None:
    names, (x, label) = subject.card.class_names, subject.image(image)
    x_adv = attacked(subject.model, x, label, sweep.attack, sweep.seed, image)
    found = sweep_image(subject.model, x, x_adv, label, sweep.bottleneck, sweep.betas, sweep.seed)
    if json:
        print_json({"model": subject.card.name, "image": image, "label": names[label], **_plain(found, names)})
    else:
        _print_one(found, names, f"{subject.card.name}, image {image}, true label {names[label]} supplied")


def _plain(found: ImageSweep, names: tuple[str, ...]) -> dict[str, Any]:
    """JSON data; a channel that is robust along the whole grid changes side nowhere, which is null."""
    return {
        "betas": found.betas.tolist(),
        "tolerance": found.tolerance,
        "robust_count": found.robust.sum(axis=1).tolist(),
        "changes_at": [float(beta) if np.isfinite(beta) else None for beta in found.changes_at],
        "predictions": {kind: [_class(row, names) for row in found.spoken(kind)] for kind in found.probabilities},
    }


def _class(row: NDArray[np.floating], names: tuple[str, ...]) -> str | None:
    """The most probable class of one reading (k,); None where the side has no channel."""
    return None if np.isnan(row).any() else names[int(row.argmax())]


def _print_one(found: ImageSweep, names: tuple[str, ...], title: str) -> None:
    table = Table(title=title, title_justify="left")
    kinds = ("clean_robust", "attacked_robust", "clean_nonrobust", "attacked_nonrobust")
    for column in ("beta", "robust channels", *(kind.replace("_", ", ").replace("non", "non-") for kind in kinds)):
        table.add_column(column)
    for i, beta in enumerate(found.betas):
        read = [(_class(row, names), row) for row in (found.spoken(kind)[i] for kind in kinds)]
        shown = (Text(NOTHING if name is None else f"{name}  {row.max():.0%}") for name, row in read)
        table.add_row(f"{beta:g}", str(int(found.robust[i].sum())), *shown)
    out = Console()
    out.print(table)
    last = found.changes_at.argsort()[::-1][:10]
    listed = ", ".join(f"{k} ({'never' if np.isinf(beta := found.changes_at[k]) else f'{beta:.2g}'})" for k in last)
    out.print(Text(f"Channels that stay robust longest, with the beta at which they change side: {listed}."))
