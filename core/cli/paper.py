"""`python -m core paper`: the paper's tables and figures, made again on our networks."""

from contextlib import nullcontext
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import tyro
from rich.console import Console
from rich.table import Table
from tyro.conf import FlagCreatePairsOff, Positional

from core import store
from core.analysis.conduct import conduct
from core.analysis.experiment import Subject
from core.analysis.kept import Kept
from core.analysis.paper.compared import READ, compared
from core.analysis.paper.figures import write
from core.analysis.paper.items import experiment_of, kind_of
from core.analysis.paper.published import ITEMS
from core.analysis.results import StoredResult
from core.cli.command import show
from core.cli.talk import print_json, progress
from core.device import Place, joined
from core.errors import InputError
from core.registry import unknown_name

ALL = "all"


@tyro.conf.configure(FlagCreatePairsOff)
def run(
    what: Positional[str],
    /,
    *,
    models: str = "cifar10-vgg16-adv",
    n: int = 500,
    seed: int = 0,
    device: str = "auto",
    out: Path | None = None,
    fresh: bool = False,
    json: bool = False,
    root: Path | None = None,
) -> None:
    """Make a table or figure of the paper on our networks; the printed numbers stand beside the tables.

    Results (parquet, csv, manifest, figures) lie under runs/paper-ITEM/. What is there is not computed again; tables
    that were stopped go on from their last batch.

    python -m core paper all --models cifar10-vgg16-adv --n 500

    torchrun --nproc-per-node 4 -m -- core paper table3 --models cifar10-vgg16-adv,cifar10-vgg16-trades --n 10000

    Args:
        what: table1 to table4, figure2 to figure5, or all.
        models: names or paths, with commas between.
        n: test images, from the first; the maps of figure2 take at most 600 of them, the sweep of figure5 at most 500.
        seed: of everything random.
        device: auto takes CUDA where there is one.
        out: folder for what pages read, such as assets/results; by default runs/paper-ITEM/.
        fresh: compute even what is there.
        json: print one JSON object.
        root: folder of the data sets.
    """
    if what != ALL and what not in ITEMS:
        raise InputError(unknown_name("table or figure", what, (*ITEMS, ALL)))
    names = [name.strip() for name in models.split(",") if name.strip()]
    if not names:
        raise InputError("Expected at least one model in --models; `python -m core models` lists them.")
    kept, made = Kept(store.runs_root() / "kept", fresh=fresh), []
    with joined(device, "fp32") as place:
        subjects = [replace(Subject.load(name, root, place.device.type), place=place, kept=kept) for name in names]
        for item, subject in product(ITEMS if what == ALL else (what,), subjects):
            made += _made(item, subject, n, seed, out and out / subject.card.name / kind_of(item), fresh)
    if json and place.leads:
        print_json({"results": made})


def _made(item: str, subject: Subject, n: int, seed: int, out: Path | None, fresh: bool) -> list[dict[str, Any]]:
    """Make one item, say where it lies and what it says; nothing in a process that does not lead.

    Processes share what the tables take; a figure is the leading one's, and the others go on.
    """
    name, leads = subject.card.name, subject.place.leads
    if item not in READ:
        if not leads:
            return []
        subject = replace(subject, place=Place())
    experiment = experiment_of(item, subject, n, seed)
    with progress(f"{item} of {name}") if leads else nullcontext() as on_step:
        result = conduct(experiment, subject, name=kind_of(item), out=out, fresh=fresh, on_step=on_step)
    if result is None:
        return []
    show(result, lambda: write(result, subject), out)
    if item in READ:
        _print(item, result)
    return [{"item": item, "model": name, "folder": str(result.folder), "summary": result.summary}]


def _print(item: str, result: StoredResult) -> None:
    """The cells of the paper that this network fills, or may fill."""
    card = result.card
    cells = compared(item, {card.name: result}, data=card.data, network=card.network)
    table = Table(title=f"{item}: {ITEMS[item]} ({card.name}, percent)", title_justify="left")
    for column in ("example", "side", "published", "ours (95 %)", "difference"):
        table.add_column(column)
    for row in cells[cells["model"] == card.name].to_dict("records"):
        ours = "not made" if row["ours"] != row["ours"] else f"{row['ours']:.1f} ({row['low']:.1f}-{row['high']:.1f})"
        difference = "" if row["ours"] != row["ours"] else f"{row['difference']:+.1f}"
        table.add_row(row["example"], row["side"], f"{row['percent']:.1f}", ours, difference)
    Console(stderr=True).print(table)
