"""`python -m core bench`: how fast this machine distills and attacks, and against what."""

from typing import Any, Literal

import tyro
from rich.table import Table
from tyro.conf import FlagCreatePairsOff, Positional

from core.analysis.benchmark import Setting, bench_attack, bench_distill
from core.cli.talk import print_json, print_table, progress
from core.device import resolve_device


@tyro.conf.configure(FlagCreatePairsOff)
def run(
    what: Positional[Literal["distill", "attack"]],
    /,
    *,
    images: int = 100,
    steps: int | None = None,
    width: float | None = None,
    repeats: int = 7,
    seed: int = 0,
    device: str = "cpu",
    json: bool = False,
) -> None:
    """Measure speed in one run, alternating what is compared, and report medians. Needs no data and no trained model.

    python -m core bench distill --json

    python -m core bench attack --width 1

    distill: images per second from features at the cut, beside a plain loop with autograd and torch's Adam, each with
    the number of threads that suits it best; and the share of channels on which both masks agree. attack: PGD on one
    image and on a batch.

    Args:
        what: distill or attack.
        images: in the batch.
        steps: of the distiller (200) or of PGD (10).
        width: of the VGG-16; by default the paper's (1) for distill and a quarter, as shipped, for attack.
        repeats: timed runs of each.
        seed: of weights, images and noise, all random.
        device: cpu, cuda or auto.
        json: print one JSON object and nothing else.
    """
    place = resolve_device(device)
    bench, usual_steps, usual_width = (bench_distill, 200, 1.0) if what == "distill" else (bench_attack, 10, 0.25)
    setting = Setting(
        images=images,
        steps=usual_steps if steps is None else steps,
        width=usual_width if width is None else width,
        repeats=repeats,
        seed=seed,
    )
    with progress(f"bench {what}") as on_step:
        report = bench(setting, place, on_step)
    if json:
        print_json(report)
    else:
        print_table(_distill_table(report) if what == "distill" else _attack_table(report))


def _distill_table(report: dict[str, Any]) -> Table:
    title = (
        f"{report['ratio']:.1f} times the plain loop; masks agree on {report['mask_agreement']:.4%} of the channels, "
        f"{report['robust_fraction']:.0%} of them robust"
    )
    table = _table(title, report, "implementation", "threads", "seconds (median of runs)", "images per second")
    for row in report["runs"]:
        seconds = report["conditions"]["images"] / row["images_per_second"]
        cells = (row["implementation"], row["threads"], f"{seconds:.3f}", f"{row['images_per_second']:,.0f}")
        table.add_row(*map(str, cells))
    return table


def _attack_table(report: dict[str, Any]) -> Table:
    title = f"PGD-{report['conditions']['steps']}; a pass is one image once forward and once backward"
    table = _table(title, report, "images", "threads", "seconds (median of runs)", "passes per second")
    for row in report["runs"]:
        cells = (row["images"], row["threads"], f"{row['seconds']:.3f}", f"{row['passes_per_second']:,.0f}")
        table.add_row(*map(str, cells))
    return table


def _table(title: str, report: dict[str, Any], *columns: str) -> Table:
    conditions = {**report["conditions"], "torch": report["versions"]["torch"]}
    caption = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in conditions.items())
    table = Table(title=title, caption=caption, title_justify="left", caption_justify="left")
    for column in columns:
        table.add_column(column, justify="right")
    return table
