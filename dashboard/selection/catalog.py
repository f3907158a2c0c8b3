"""What is here to look at, and the nearest of it to what a link asks for. Torch is imported in use only."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from dashboard.selection.address import short
from dashboard.selection.state import NO_ATTACK, Selection

if TYPE_CHECKING:
    from core.models import ModelCard

PREFERRED = "adv"


@dataclass(frozen=True)
class Catalog:
    """Models, data and attacks at hand.

    Args:
        cards: of every model that can be opened, by name.
        cuts: the cuts of each model, in order, and how many channels there are at each.
        images: test images of each data set that is on this machine.
        attacks: by name, "none" first.
        settings: of each attack, which of `threat`, `steps` and `step_size` it has, and their own values.
        refused: why a model that lies here cannot be opened, one sentence each.
    """

    cards: Mapping[str, "ModelCard"]
    cuts: Mapping[str, Mapping[str, int]]
    images: Mapping[str, int]
    attacks: tuple[str, ...]
    refused: tuple[str, ...] = ()
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def data(self) -> list[str]:
        """Data sets that some model was trained on."""
        return list(dict.fromkeys(card.data for card in self.cards.values()))

    def models_of(self, data: str) -> list[str]:
        """Models trained on a data set, the adversarially trained first."""
        names = [name for name, card in self.cards.items() if card.data == data]
        return sorted(names, key=lambda name: (self.cards[name].defense != PREFERRED, name))

    def rivals(self, model: str) -> list[str]:
        """Models that can stand beside `model`: same data, same classes; the best known of another training first."""
        mine = self.cards[model]
        names = [
            name
            for name in self.models_of(mine.data)
            if name != model and self.cards[name].class_names == mine.class_names
        ]
        usual = "standard" if mine.defense == PREFERRED else PREFERRED
        return sorted(
            names, key=lambda name: (self.cards[name].defense != usual, self.cards[name].defense == mine.defense)
        )


def resolve(selection: Selection, catalog: Catalog) -> tuple[Selection, list[str]]:
    """The nearest selection that can be shown, and one sentence for each thing that was not there."""
    notes: list[str | None] = []
    selection, note = _model(selection, catalog)
    notes.append(note)
    rivals = catalog.rivals(selection.model)
    compare = rivals[0] if rivals else "none"
    if selection.compare and selection.compare != selection.model:
        compare, note = nearest("model to compare with", selection.compare, [*rivals, "none"], compare)
        notes.append(note)
    attack, note = nearest("attack", selection.attack, list(catalog.attacks), "pgd")
    notes.append(note)
    cut = selection.cut if selection.cut in catalog.cuts[selection.model] else ""
    if cut != selection.cut:
        notes.append(f"{selection.model} has no cut {selection.cut}; its default cut is shown instead.")
    selection = replace(selection, compare=compare, attack=attack, cut=cut)
    selection, more = _schedule(selection, catalog)
    notes += more
    selection, more = _numbers(selection, catalog)
    return selection, [note for note in (*notes, *more) if note]


def _schedule(selection: Selection, catalog: Catalog) -> tuple[Selection, list[str]]:
    """Steps and step size where the attack has such, else left out."""
    has, usual = catalog.settings.get(selection.attack, {}), Selection()
    lost = {n: getattr(usual, n) for n in ("steps", "step_size") if n not in has}
    lost = {name: value for name, value in lost.items() if getattr(selection, name) != value}
    said = [f"{selection.attack} has no {name.replace('_', ' ')}; the link's is left out." for name in lost]
    return replace(selection, **lost), said


def _model(selection: Selection, catalog: Catalog) -> tuple[Selection, str | None]:
    if selection.model in catalog.cards:
        data = catalog.cards[selection.model].data
        return replace(selection, data=data), None
    usual = Selection().data
    default = usual if usual in catalog.data else catalog.data[0]
    data, note = nearest("data set with a model", selection.data, catalog.data, default)
    names = catalog.models_of(data)
    if not selection.model:
        return replace(selection, data=data, model=names[0]), note
    model, note = nearest("model", selection.model, list(catalog.cards), names[0])
    return replace(selection, data=catalog.cards[model].data, model=model), note


def _numbers(selection: Selection, catalog: Catalog) -> tuple[Selection, list[str]]:
    notes = []
    card = catalog.cards[selection.model]
    count = catalog.images.get(selection.data)
    if count is not None and selection.image >= count:
        notes.append(f"{selection.data} has {count} test images; there is no {selection.image}, the last one is shown.")
        selection = replace(selection, image=count - 1)
    if selection.label.isdigit() and int(selection.label) >= card.num_classes:
        notes.append(
            f"{card.name} has {card.num_classes} classes, so there is no label {selection.label}; the true one is used."
        )
        selection = replace(selection, label="true")
    if selection.over.isdigit() and int(selection.over) >= card.num_classes:
        notes.append(f"{card.name} has {card.num_classes} classes; all images are counted instead.")
        selection = replace(selection, over="set")
    if selection.truth >= card.num_classes:
        selection = replace(selection, truth=-1)
    if selection.wrong >= card.num_classes:
        selection = replace(selection, wrong=-1)
    selection, more = _channels(selection, catalog)
    return selection, [*notes, *more]


def _channels(selection: Selection, catalog: Catalog) -> tuple[Selection, list[str]]:
    """Channels that the cut has: the one that is marked, and those moved by hand."""
    cut = selection.cut or catalog.cards[selection.model].cut
    count, notes = catalog.cuts[selection.model][cut], []
    if selection.channel >= count:
        notes.append(f"{cut} has {count} channels; there is no channel {selection.channel}, so none is marked.")
        selection = replace(selection, channel=-1)
    moved = tuple(k for k in selection.moved if k < count)
    if moved != selection.moved:
        notes.append(f"{cut} has {count} channels; what was moved beyond them is left where it is.")
        selection = replace(selection, moved=moved)
    return selection, notes


def strength(selection: Selection, card: "ModelCard") -> float:
    """Radius of the attack in pixel units: the selection's, else the model's own; 0 without an attack."""
    if selection.attack == NO_ATTACK:
        return 0.0
    return card.epsilon if selection.epsilon is None else selection.epsilon


def nearest(kind: str, name: str, known: list[str], default: str) -> tuple[str, str | None]:
    """`name` if it is known, else the closest known name (or `default`) and the sentence that says so."""
    if name in known:
        return name, None
    close = get_close_matches(name, known, n=1)
    opened = close[0] if close else default
    return opened, f"There is no {kind} {short(name)} here; {opened or 'none'} is shown instead."
