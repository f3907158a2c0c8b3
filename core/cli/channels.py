"""`python -m core channels`: which channels are robust, how surely, and what is left of a network without some."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import tyro
from rich.console import Console
from rich.table import Table
from rich.text import Text
from torch import Tensor
from tyro.conf import FlagCreatePairsOff, Positional, arg

from core import store
from core.analysis.attacked import attacked
from core.analysis.channels.experiment import Assignment
from core.analysis.channels.flips import smallest_flip
from core.analysis.channels.rules import choose_channels
from core.analysis.channels.surgery import Operated, Surgery
from core.analysis.experiment import Subject
from core.analysis.kept import Kept
from core.analysis.results import StoredResult
from core.analysis.split import features
from core.cli.experiment import attack_of, run_experiment
from core.cli.talk import print_json
from core.distillation import Bottleneck
from core.errors import InputError


@tyro.conf.configure(FlagCreatePairsOff)
def run(
    model: Positional[str],
    /,
    *,
    n: int = 500,
    seeds: int = 5,
    drop: str | None = None,
    keep: str | None = None,
    image: int | None = None,
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
    """How often each channel is robust, for which class, over seeds, and what the classifier's weights say of it.

    Tables (parquet, csv) and figures (HTML, PNG) are written. Then, where asked: the network without some channels, or
    the fewest channels whose removal changes what it says of one image.

    python -m core channels shapes-vgg16-adv --n 500

    python -m core channels shapes-vgg16-adv --drop "robust in at least 80 % of images of class disc"

    python -m core channels shapes-vgg16-adv --keep 3,17,20-24 --image 7

    Args:
        model: a name from `python -m core models`, or the path of a model.
        n: test images.
        seeds: noise seeds compared, the given one and those that follow it.
        drop: channels to cut out: a list, or a rule such as "non-robust in at most 5 % of images".
        keep: the only channels to keep, given the same way.
        image: the test image whose smallest flipping set is sought.
        attack: pgd, fgsm or bim, on the whole network.
        epsilon: radius of the attack in pixel units of [0, 1] (linf); by default the one that suits the data.
        seed: of the attack's start, the distiller's noise and the random masks.
        device: auto takes CUDA where there is one.
        out: folder for what pages read, such as assets/results/MODEL/channels; by default one under runs/channels/.
        fresh: compute even if the result is there.
        json: print one JSON object.
        root: folder of the data sets.
    """
    subject = Subject.load(model, root, device)
    distiller = replace(bottleneck, cut=bottleneck.cut or subject.card.cut)
    assault = attack_of(attack, epsilon, subject.card)
    experiment = Assignment(n=n, seeds=seeds, attack=assault, bottleneck=distiller, seed=seed)
    result = run_experiment(experiment, subject, what="images distilled", out=out, fresh=fresh)
    kept = _kept(result, subject, drop, keep)
    operated = None if kept is None else _operate(subject, experiment, kept)
    flip = None if image is None else _flip(subject, experiment, image)
    if json:
        data = {"model": subject.card.name, "folder": str(result.folder), "config": result.config, **result.summary}
        data |= {} if operated is None else {"surgery": _plain(operated, subject)}
        print_json(data if flip is None else data | {"smallest_flip": flip})
        return
    _print_channels(subject, result)
    out_ = Console()
    if operated is not None:
        _print_operated(out_, operated, subject, result)
    if flip is not None:
        out_.print(Text(flip["finding"]))


def _said(result: StoredResult) -> list[str]:
    return list(result.summary["sentences"].values())


def _kept(result: StoredResult, subject: Subject, drop: str | None, keep: str | None) -> Tensor | None:
    """Channels that stay (c,) bool; None where nothing was asked."""
    if drop is not None and keep is not None:
        raise InputError("Give channels to --drop or to --keep, not both.")
    text = keep if drop is None else drop
    if text is None:
        return None
    chosen = torch.from_numpy(choose_channels(text, result.table("channels"), subject.card.class_names))
    return chosen if drop is None else ~chosen


def _operate(subject: Subject, experiment: Assignment, kept: Tensor) -> Operated:
    again = replace(subject, kept=Kept(store.runs_root() / "kept"))  # the attack of the assignment
    batches = list(attacked(again, experiment.attack, n=experiment.n, seed=experiment.seed))
    x, x_adv, y = (torch.cat([getattr(batch, name) for batch in batches]) for name in ("x", "x_adv", "y"))
    return Surgery.of_images(subject.model, x, x_adv, y, experiment.bottleneck.cut).operate(kept)


def _flip(subject: Subject, experiment: Assignment, image: int) -> dict[str, Any]:
    names, at = subject.card.class_names, experiment.bottleneck.cut
    z = features(subject.model, subject.image(image)[0], at)
    found = smallest_flip(subject.model, z, at)
    if found is None:
        said = f"No set of channels changes what the network says of image {image} when it is removed."
        return {"image": image, "channels": None, "finding": said}
    listed, count = ", ".join(map(str, found.channels)), len(found.channels)
    how = "no smaller set does" if found.exact else "found greedily, so a smaller one may exist"
    said = (
        f"Without channel{'' if count == 1 else 's'} {listed} image {image} is {names[found.after]}, no longer "
        f"{names[found.before]} ({count} of {z.shape[1]} channels; {how})."
    )
    return {"image": image, **asdict(found), "finding": said}


def _plain(operated: Operated, subject: Subject) -> dict[str, Any]:
    names = subject.card.class_names
    rows = operated.classes.assign(**{"class": [names[label] for label in operated.classes["class"]]})
    return {
        "kept": operated.kept,
        "accuracy": asdict(operated.accuracy),
        "robust_accuracy": asdict(operated.robust_accuracy),
        "attacked": "the whole network, not the edited one",
        "classes": rows.to_dict("records"),
    }


def _print_channels(subject: Subject, result: StoredResult) -> None:
    table = Table(title=f"{subject.card.name}: most and least often robust", title_justify="left")
    for column in ("channel", "robust in", "over seeds", "flip rate", "mean log10 noise"):
        table.add_column(column)
    ordered = result.table("channels").sort_values("robust_share", ascending=False, kind="stable")
    for row in [*ordered.head(5).itertuples(), *ordered.tail(5).itertuples()]:
        over = f"{row.robust_share_low:.1%} to {row.robust_share_high:.1%}"
        figures = (
            f"{row.robust_share:.1%}",
            over,
            "unknown" if np.isnan(row.flip_rate) else f"{row.flip_rate:.1%}",
            f"{row.mean_log_noise:.2f}",
        )
        table.add_row(str(row.channel), *figures)
    out = Console()
    out.print(table)
    for sentence in _said(result):
        out.print(Text(sentence))


def _print_operated(out: Console, operated: Operated, subject: Subject, result: StoredResult) -> None:
    network, names = result.summary["network"], subject.card.class_names
    title = f"With {operated.kept} of {result.summary['channels']} channels"
    table = Table(title=f"{title}, first {operated.accuracy.n} test images", title_justify="left")
    for column in ("class", "clean", "attacked"):
        table.add_column(column)
    for row in operated.classes.to_dict("records"):
        table.add_row(Text(names[row["class"]]), f"{row['accuracy']:.3f}", f"{row['robust_accuracy']:.3f}")
    table.add_section()
    for name, found in (("clean", operated.accuracy), ("attacked", operated.robust_accuracy)):
        whole = network[name]["value"]
        out.print(Text(f"{title}, {name}: {found.value:.3f} [{found.low:.2f}, {found.high:.2f}]; all: {whole:.3f}."))
    out.print(table)
    out.print(Text("The attack was made on the whole network; one made on the edited network may leave less."))
