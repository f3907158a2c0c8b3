"""Make one table or figure of the paper for one network, or find what an earlier run left."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from core import store
from core.analysis.attacks.experiment import Evaluation, evaluate
from core.analysis.paper.attacked import Attacked
from core.analysis.paper.items import MAKERS, Setting
from core.analysis.paper.parts import Parts
from core.analysis.results import Experiment, StoredResult, conduct, data_record, is_done
from core.config import fingerprint
from core.device import Place
from core.types import OnStep

ALONE = Place()
Options = dict[str, Any]
Draw = Callable[[Path, StoredResult, Experiment], None]


def kind_of(item: str) -> str:
    """Of the item's folder under `runs/` and `assets/results/`."""
    return f"paper-{item}"


def make(
    item: str,
    setting: Setting,
    *,
    out: Path | None = None,
    fresh: bool = False,
    place: Place = ALONE,
    on_step: OnStep | None = None,
    draw: Draw | None = None,
) -> StoredResult | None:
    """The result of one item; what is there already is not computed again, what stopped half way goes on.

    Args:
        item: a key of `MAKERS`.
        setting: what it is made on.
        out, fresh, on_step: as for `core.analysis.results.conduct`.
        place: this process among several; Tables 1 to 4 are shared among them, all else is the leading one's.
        draw: as for `conduct`, with the experiment as a third argument.
    Returns:
        None in a process that does not lead.
    Raises:
        InputError: an unknown item, or what the experiment refuses.
    """
    if not (place.leads or MAKERS[item].shared):
        return None
    experiment = MAKERS[item].experiment(setting)
    card, model, data = setting.card, setting.model, setting.data
    options: Options = {"out": out, "fresh": fresh, "on_step": on_step}
    options["draw"] = None if draw is None else lambda folder, result: draw(folder, result, experiment)
    if isinstance(experiment, Evaluation):
        return evaluate(experiment, card, model, data, kind=kind_of(item), place=place, **options)
    if isinstance(experiment, Attacked):
        return _attacked(item, experiment, setting, place, **options)
    return conduct(kind_of(item), experiment, card, model, data, **options)


def _attacked(
    item: str,
    table: Attacked,
    setting: Setting,
    place: Place,
    *,
    out: Path | None,
    fresh: bool,
    on_step: OnStep | None,
    **options: Any,
) -> StoredResult | None:
    """Table 1 or 2: every process does its batches; then the leading one finds them all and writes the result."""
    card, model, data, kept = setting.card, setting.model, setting.data, kept_folder(setting, table)
    found = is_done(kind_of(item), table, card, data, out=out) and not fresh  # in every process: all or none refuse n
    if fresh and place.leads:
        Parts(kept, table.yields).drop()
    if place.world > 1:
        device = next(model.parameters()).device
        there = replace(data, images=data.images.to(device), labels=data.labels.to(device))
        table.share(model, there, kept=kept, needed=not found, place=place, on_step=on_step)
    if not place.leads:
        return None
    options |= {"out": out, "fresh": fresh, "on_step": on_step, "more": {"kept": kept}}
    return conduct(kind_of(item), table, card, model, data, **options)


def kept_folder(setting: Setting, table: Attacked) -> Path:
    """Where Table 1 or 2 keeps its batches: one folder for weights, images and config."""
    card, data = setting.card, data_record(setting.data, table.n)
    return store.runs_root() / "paper" / "parts" / f"{card.name}-{fingerprint(card.sha256, data, table)}"
