"""Make one table or figure of the paper for one network, or find what an earlier run left."""

from pathlib import Path

from core.analysis.conduct import conduct
from core.analysis.experiment import Subject
from core.analysis.paper.items import MAKERS, Setting
from core.analysis.results import StoredResult
from core.device import Place
from core.types import OnStep

ALONE = Place()


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
) -> StoredResult | None:
    """The result of one item; what is there already is not computed again, what stopped half way goes on.

    Args:
        item: a key of `MAKERS`.
        setting: what it is made on.
        out, fresh, on_step: as for `core.analysis.conduct.conduct`.
        place: this process among several; Tables 1 to 4 are shared among them, all else is the leading one's.
    Returns:
        None in a process that does not lead.
    Raises:
        InputError: an unknown item, or what the experiment refuses.
    """
    shared = MAKERS[item].shared
    if not (place.leads or shared):
        return None
    experiment = MAKERS[item].experiment(setting)
    subject = Subject(setting.card, setting.model, setting.data, place if shared else ALONE)
    return conduct(experiment, subject, name=kind_of(item), out=out, fresh=fresh, on_step=on_step)
