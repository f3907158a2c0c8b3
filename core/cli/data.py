"""`python -m core data`: what data there is, and how the rest comes here."""

from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

from core import store
from core.cli import talk
from core.datasets import DATASETS, DatasetInfo, count_classes, folder, is_available
from core.datasets.fetch import fetch
from core.errors import InputError


@tyro.conf.configure(tyro.conf.FlagCreatePairsOff)
def run(
    action: Annotated[Literal["list", "fetch"], tyro.conf.Positional] = "list",
    name: Annotated[str | None, tyro.conf.Positional, tyro.conf.arg(metavar="[NAME]")] = None,
    *,
    root: Path | None = None,
    json: bool = False,
) -> None:
    """List the data sets, or fetch one.

    "data" shows what is at hand and how to get the rest. "data fetch cifar10" downloads, compares with the published
    hash and unpacks; a download that was interrupted goes on where it stopped.

    Args:
        action: list, or fetch.
        name: the data set to fetch.
        root: folder of the data sets; by default FEATURE_SIEVE_DATA, else data/ in the project.
        json: print one JSON object on standard output.
    """
    if action == "fetch":
        if name is None:
            raise InputError(f"Expected a data set to fetch; there are {', '.join(fetchable())}.")
        _fetch(name, root, json)
    elif name is not None:
        raise InputError(f"`data list` takes no name, got {name[:80]!r}; `data fetch NAME` downloads one.")
    else:
        _list(root, json)


def fetchable() -> tuple[str, ...]:
    """The data sets that are downloaded."""
    return tuple(name for name, entry in DATASETS.items() if entry.info.downloads)


def _fetch(name: str, root: Path | None, json: bool) -> None:
    with talk.progress(f"{name}: megabytes, then files") as on_step:
        fetched = fetch(name, root, on_step)
    talk.write_result(store.data_root(root))
    title, where = DATASETS[name].info.title, store.data_root(root)
    talk.console.print(f"{title} is in {where} now." if fetched else f"{title} was at hand already.", highlight=False)
    if json:
        talk.print_json({"name": name, "root": str(where), "fetched": fetched})


def _list(root: Path | None, json: bool) -> None:
    rows = [_row(name, entry.info, root) for name, entry in DATASETS.items()]
    if json:
        talk.print_json({"root": str(store.data_root(root)), "datasets": rows})
        return
    print(f"{'name':<14} {'train':>7} {'test':>7} {'size':>5} {'classes':>7} {'epsilon':>7}  state")
    for row in rows:
        counts = " ".join(f"{_or_any(row[key]):>7}" for key in ("train_count", "test_count"))
        numbers = f"{row['image_size']:>5} {_or_any(row['num_classes']):>7} {row['epsilon']:>7.3f}"
        print(f"{row['name']:<14} {counts} {numbers}  {row['state']}")


def _row(name: str, info: DatasetInfo, root: Path | None) -> dict[str, Any]:
    """What the list says of one data set; nothing is loaded."""
    at_hand = is_available(name, root)
    return {
        "name": name,
        "title": info.title,
        "train_count": info.train_count,
        "test_count": info.test_count,
        "image_size": info.image_size,
        "num_classes": info.num_classes,
        "epsilon": info.epsilon,
        "citation": info.citation,
        "at_hand": at_hand,
        "state": state_of(name, root),
    }


def is_ready(name: str, root: Path | None, classes: int | None) -> bool:
    """Whether the data are at hand, in as many classes as are asked for."""
    return is_available(name, root) and classes in (None, count_classes(name, root))


def state_of(name: str, root: Path | None, classes: int | None = None) -> str:
    """Where the data are, in how many classes where others are asked for, or what brings them here."""
    info = DATASETS[name].info
    if is_available(name, root) and not is_ready(name, root, classes):
        return f"{count_classes(name, root)} classes at hand, {classes} needed"
    if info.embedded or is_available(name, root):
        return "comes with the project" if info.embedded else "at hand"
    if not info.downloads:
        return f"put your images into {folder.place(store.data_root(root))}"
    megabytes = sum(download.megabytes for download in info.downloads)
    return f"python -m core data fetch {name}  ({megabytes} MB)"


def _or_any(count: int | None) -> str:
    return "any" if count is None else f"{count:,}"
