"""`python -m core visualize`: pictures of what all, robust and non-robust channels see (Fig. 3), beside their twins."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import tyro
from rich.console import Console
from rich.table import Table
from rich.text import Text
from tyro.conf import FlagCreatePairsOff, Positional

from core.analysis import drawn
from core.analysis.conduct import conduct
from core.analysis.experiment import Subject
from core.analysis.explain.explanation import SplitOf
from core.analysis.results import stored_result
from core.analysis.start.cases import RULE, telling_channels, telling_images
from core.analysis.visualize.experiment import FeaturePictures
from core.analysis.visualize.gallery import Gallery
from core.cli.experiment import attack_of, show
from core.cli.talk import print_json, print_table, progress
from core.distillation import Bottleneck
from core.errors import InputError
from core.registry import unknown_name
from core.visualization import released
from core.visualization.objective import Similarity

CASES = "cases"  # in place of numbers: as the rule in core.analysis.cases has it


@tyro.conf.configure(FlagCreatePairsOff)
def run(
    model: Positional[str],
    /,
    *,
    image: str = "0",
    channels: str = "",
    classes: str = "",
    more_seeds: str = "",
    cases_of: str = "",
    no_twins: bool = False,
    no_union_masks: bool = False,
    attack: str = "pgd",
    epsilon: float | None = None,
    beta: float = 0.3,
    cut: str | None = None,
    split_of: SplitOf = "own",
    steps: int = 512,
    similarity: Similarity = "released",
    seed: int = 0,
    device: str = "auto",
    out: Path | None = None,
    fresh: bool = False,
    json: bool = False,
    root: Path | None = None,
) -> None:
    """Draw the picture whose features are all, the robust or the non-robust ones of an image, clean and attacked.

    Beside each the network's word for it, the cosine that was reached, and its twins: from as many random channels, and
    from a network with random weights. Tables (parquet, csv), pictures (PNG) and a page (HTML) are written.

    python -m core visualize shapes-vgg16-adv --image 3

    python -m core visualize shapes-vgg16-adv --image 3,7 --channels 3,17 --classes disc,star --steps 256

    Args:
        model: a name from `python -m core models`, or the path of a model.
        image: indices in the test set, with commas between; none draws no strip, cases one of each case in a survey.
        channels: channels to draw alone, with commas between; cases draws those most and least often robust.
        classes: classes whose robust and non-robust channels to draw together, with commas between, or all.
        cases_of: model whose survey names the cases of --image; by default the one that is drawn from.
        more_seeds: other starts for the clean images, with commas between.
        no_twins: leave out the random mask and the random network.
        no_union_masks: leave out the random mask of the unions alone.
        attack: pgd, fgsm, bim or none.
        epsilon: radius of the attack in pixel units of [0, 1] (linf); by default the one that suits the data.
        beta: of the distiller.
        cut: stage whose output is split and drawn; by default the model's.
        split_of: whose channels are split for the attacked image: its own, as in the paper, or the clean image's.
        steps: of Adam.
        similarity: what is maximized: as in the released code, or the true cosine.
        seed: of the pictures' start and transforms, the attack's start, the distiller's noise and the random masks.
        device: auto takes CUDA where there is one.
        out: folder for what pages read, such as assets/results/MODEL/visualize; by default one under runs/visualize/.
        fresh: draw even if the result is there.
        json: print one JSON object.
        root: folder of the data sets.
    """
    subject = Subject.load(model, root, device)
    card = subject.card
    experiment = FeaturePictures(
        images=_images(image, cases_of or card.name),
        channels=_channels(channels, card.name),
        classes=_labels(classes, card.class_names),
        union_n=min(FeaturePictures.union_n, len(subject.data)),
        more_seeds=_numbers("more-seeds", more_seeds),
        twins=not no_twins,
        union_masks=not no_union_masks,
        split_of=split_of,
        visualization=replace(released(card.image_size), steps=steps, similarity=similarity, cut=cut or card.cut),
        attack=None if attack == "none" else attack_of(attack, epsilon, card),
        bottleneck=Bottleneck(beta=beta, cut=cut or card.cut),
        seed=seed,
        rule=RULE.format(model=cases_of or card.name) if CASES in (image, channels) else "",
    )
    with progress("steps") as on_step:
        result = conduct(experiment, subject, out=out, fresh=fresh, on_step=on_step)
    assert result is not None, "one process alone leads"
    gallery = Gallery(result.folder)
    show(result, lambda: drawn.draw(result, subject), out)
    if json:
        print_json(_record(gallery, card.name))
    else:
        _print(gallery)


def _record(gallery: Gallery, model: str) -> dict[str, Any]:
    """Everything but the pictures, as plain JSON data."""
    tables = {"strip": gallery.table("strip") if gallery.images else None, "channels": gallery.channels}
    rows = {
        name: table.astype(object).where(table.notna(), None).to_dict("records")
        for name, table in tables.items()
        if table is not None
    }
    head = {"model": model, "folder": str(gallery.folder), "config": gallery.config}
    return {**head, **gallery.summary, **rows}


def _images(text: str, surveyed: str) -> tuple[int, ...]:
    if text == CASES:
        return tuple(telling_images(stored_result("start", surveyed).table("images")))
    return () if text == "none" else _numbers("image", text)


def _channels(text: str, surveyed: str) -> tuple[int, ...]:
    if text == CASES:
        return tuple(telling_channels(stored_result("start", surveyed).table("channels")))
    return _numbers("channels", text)


def _numbers(option: str, text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if bad := [part for part in parts if not part.isascii() or not part.isdecimal()]:
        raise InputError(f"--{option} takes whole numbers from 0 with commas between, got {bad[0][:80]!r}.")
    return tuple(dict.fromkeys(map(int, parts)))


def _labels(text: str, names: tuple[str, ...]) -> tuple[int, ...]:
    if text == "all":
        return tuple(range(len(names)))
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if unknown := [part for part in parts if part not in names]:
        raise InputError(unknown_name("class", unknown[0], names))
    return tuple(dict.fromkeys(names.index(part) for part in parts))


def _print(gallery: Gallery) -> None:
    out = Console()
    for sentence in gallery.summary["sentences"]:
        out.print(Text(sentence))
    if gallery.channels is None:
        return
    table = Table(title="Channels drawn alone, and unions of a class", title_justify="left")
    for name in ("network", "drawn", "picture", "reached"):
        table.add_column(name)
    for row in gallery.channels.to_dict("records"):
        head, *said = gallery.caption(row)
        table.add_row(row["network"], Text(head), *map(Text, said))
    print_table(table)
