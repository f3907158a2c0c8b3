"""`python -m core paper`: the paper's tables and figures, made again on our networks."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import tyro
from rich.console import Console
from rich.table import Table
from tyro.conf import FlagCreatePairsOff, Positional

from core.analysis.experiment import Subject
from core.analysis.paper.compared import READ, compared
from core.analysis.paper.items import MAKERS, Setting
from core.analysis.paper.make import kind_of, make
from core.analysis.paper.published import ITEMS
from core.analysis.results import StoredResult
from core.cli.experiment import show
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
    said = []
    with joined(device, "fp32") as place:
        subjects = [Subject.load(name, root, place.device.type) for name in names]
        settings = [Setting(subject.card, subject.model, subject.data, n, seed) for subject in subjects]
        for item in ITEMS if what == ALL else (what,):  # what processes share comes first, so that none has to wait
            for setting in settings:
                said += _made(
                    item, setting, place, None if out is None else out / setting.card.name / kind_of(item), fresh
                )
    if json and place.leads:
        print_json({"results": said})


def _made(item: str, setting: Setting, place: Place, out: Path | None, fresh: bool) -> list[dict[str, Any]]:
    """Make one item, say where it lies and what it says; nothing in a process that does not lead."""
    card = setting.card

    with progress(f"{item} of {card.name}") if place.leads else nullcontext() as on_step:
        result = make(item, setting, out=out, fresh=fresh, place=place, on_step=on_step)
    if result is None:
        return []
    show(result, lambda: _draw(item, result, setting), out)
    if item in READ:
        _print(item, result)
    return [{"item": item, "model": card.name, "folder": str(result.folder), "summary": result.summary}]


def _draw(item: str, result: StoredResult, setting: Setting) -> str | None:
    from core.analysis.paper.drawn import write

    return write(item, result.folder, result, MAKERS[item].experiment(setting), setting)


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
