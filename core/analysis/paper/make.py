"""Make one table or figure of the paper for one network, or find what an earlier run left."""

from pathlib import Path

from core.analysis.evaluate import Evaluation, evaluate
from core.analysis.paper.items import ITEMS, Setting
from core.analysis.results import Result, conduct
from core.training.place import Place
from core.types import OnStep

ALONE = Place()


def kind_of(item: str) -> str:
    """Of the item's folder under `runs/` and `assets/results/`."""
    return f"paper/{item}"


def make(
    item: str,
    setting: Setting,
    *,
    out: Path | None = None,
    fresh: bool = False,
    place: Place = ALONE,
    on_step: OnStep | None = None,
) -> Result | None:
    """The result of one item; what is there already is not computed again, what stopped half way goes on.

    Args:
        item: a key of `ITEMS`.
        setting: what it is made on.
        out, fresh, on_step: as for `core.analysis.results.conduct`.
        place: this process among several; attacks are shared among them, all else is the leading one's.
    Returns:
        None in a process that does not lead.
    Raises:
        InputError: an unknown item, or what the experiment refuses.
    """
    experiment = ITEMS[item].experiment(setting)
    card, model, data = setting.card, setting.model, setting.data
    if isinstance(experiment, Evaluation):
        return evaluate(
            experiment, card, model, data, kind=kind_of(item), out=out, fresh=fresh, place=place, on_step=on_step
        )
    if not place.leads:
        return None
    return conduct(kind_of(item), experiment, card, model, data, out=out, fresh=fresh, on_step=on_step)
