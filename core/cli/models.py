"""`python -m core models`: which models are at hand, and what the card of one says."""

from typing import Annotated, Any

import tyro
from rich.table import Table
from rich.text import Text
from tyro.conf import FlagCreatePairsOff, Positional, arg

from core.cli.talk import console, print_json, print_table
from core.config import to_dict
from core.errors import InputError
from core.models import ModelCard, available_models, load_card
from core.types import Accuracy


@tyro.conf.configure(FlagCreatePairsOff)
def run(name: Annotated[Positional[str | None], arg(metavar="[NAME]")] = None, /, *, json: bool = False) -> None:
    """List the models at hand, shipped and trained here, or show one model's card.

    python -m core models

    python -m core models shapes-vgg16-adv --json

    Args:
        name: of a model, or the path of its card; without it, all are listed.
        json: print one JSON object and nothing else.
    """
    if name is None:
        _list(json)
    elif json:
        print_json(to_dict(load_card(name)))
    else:
        _print_card(load_card(name))


def _list(json: bool) -> None:
    cards, broken = [], {}
    for name, path in available_models().items():
        try:
            cards.append(load_card(path))
        except InputError as error:
            broken[name] = str(error)
    if json:
        print_json({"models": [to_dict(card) for card in cards], "broken": broken})
        return
    if not cards:
        console.print("No model is at hand; `python -m core train --help` says how to make one.")
    else:
        print_table(_table(cards))
    for sentence in broken.values():
        console.print(Text(sentence), style="red")


def _table(cards: list[ModelCard]) -> Table:
    table = Table()
    table.add_column("model", no_wrap=True)
    for column in ("width", "clean (95 %)", "robust (95 %)", "under", "test images"):
        table.add_column(column)
    for card in cards:
        clean, robust = card.clean_accuracy, card.robust_accuracy
        counts = dict.fromkeys(f"{measured.n:,}" for measured in (clean, robust) if measured)
        row = (card.name, f"{card.width:g}", _interval(clean), _interval(robust), _attack(robust), " and ".join(counts))
        table.add_row(*map(Text, row))
    return table


def _interval(measured: Accuracy | None) -> str:
    if measured is None:
        return "not measured"
    return f"{measured.value:.3f} ({measured.low:.3f}-{measured.high:.3f})"


def _attack(measured: Accuracy | None) -> str:
    attack = (measured.attack if measured else None) or {}
    threat = attack.get("threat")
    parts = (attack.get("name"), attack.get("steps"), *_of(threat, "norm", "epsilon"))
    return " ".join(f"{part:.3g}" if isinstance(part, float) else str(part) for part in parts if part is not None)


def _of(value: Any, *names: str) -> tuple[Any, ...]:
    """Fields of what should be an object; a card may hold anything there."""
    return tuple(value.get(name) for name in names) if isinstance(value, dict) else ()


def _print_card(card: ModelCard) -> None:
    table = Table(title=Text(card.name), title_justify="left", show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    for key, value in to_dict(card).items():
        if key not in ("kind", "name"):
            table.add_row(key, Text(_said(card, key, value)))
    print_table(table)


def _said(card: ModelCard, key: str, value: Any) -> str:
    if key in ("clean_accuracy", "robust_accuracy") and value is not None:
        measured = getattr(card, key)
        return f"{_interval(measured)} of {measured.n:,} test images {_attack(measured)}".strip()
    return "not measured" if value is None else _plain(value)


def _plain(value: Any) -> str:
    """Nested data as one line a person can read."""
    if isinstance(value, dict):
        items = ((name, item) for name, item in value.items() if name != "kind")
        return ", ".join(
            f"{name} ({_plain(item)})" if isinstance(item, dict) else f"{name} {item}" for name, item in items
        )
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
